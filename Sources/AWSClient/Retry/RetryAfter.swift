import HTTPMessages

/// How long a service asks its callers to wait.
enum RetryAfter {
    /// `x-amz-retry-after` in milliseconds, else `Retry-After` in seconds; nil when there is none, or one that cannot
    /// be read.
    static func duration(in fields: HTTPFields) -> Duration? {
        if let text = fields["x-amz-retry-after"], let milliseconds = UInt32(text) {
            return .milliseconds(milliseconds)
        }
        if let text = fields["retry-after"], let seconds = UInt32(text) { return .seconds(seconds) }
        return nil
    }
}
