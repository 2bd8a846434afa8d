import FoundationEssentials
import ImageJobs

/// The text of a message about a job: `{"v":1,"job":"<id>"}`.
///
/// Nothing but the id, so that no prompt is in a queue and every character is one that SQS takes.
enum JobMessage {
    private static let version = 1
    private static let start = "{\"v\":1,\"job\":\""
    private static let end = "\"}"

    static func text(for job: JobID) -> String { "\(start)\(job)\(end)" }

    /// The job, or nil when the text is not a message of ours, or one of a future version.
    static func job(in text: String) -> JobID? {
        // As this program writes it. The rest is for people with a console.
        if text.hasPrefix(start), text.hasSuffix(end),
            let job = JobID(text.dropFirst(start.count).dropLast(end.count))
        {
            return job
        }
        do {
            let fields = try JSONDecoder().decode(Fields.self, from: Data(text.utf8))
            return fields.v == version ? JobID(fields.job) : nil
        } catch {
            // Not a message of ours: what it is instead, the dead-letter queue shows.
            return nil
        }
    }

    private struct Fields: Decodable {
        let v: Int
        let job: String
    }
}
