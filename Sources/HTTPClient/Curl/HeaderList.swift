import CCurl

/// A list of header lines, freed with its owner.
///
/// curl reads the list while it sends, so the owner keeps it until the transfer is over.
@safe
final class HeaderList {
    private(set) var head: UnsafeMutablePointer<curl_slist>?
    /// Lines are added behind the last, so that the list is not walked for each.
    private var last: UnsafeMutablePointer<curl_slist>?

    init() {}

    deinit { unsafe curl_slist_free_all(head) }

    func append(_ line: String) throws(TransferFault) {
        // Given the last entry, curl_slist_append walks one step and returns that entry.
        guard let start = unsafe curl_slist_append(last, line) else {
            throw .connection(reason: "out of memory")
        }
        if unsafe head == nil { unsafe head = start }
        unsafe last = start.pointee.next ?? start
    }
}
