import CCurl
import HTTPMessages

/// curl's easy handle: one transfer at a time, used again for later ones.
@safe
final class EasyHandle {
    struct ID: Hashable {
        private let address: UInt
        init(_ handle: UnsafeMutableRawPointer) { address = UInt(bitPattern: handle) }
    }

    let handle: UnsafeMutableRawPointer
    /// The header lines of the transfer under way.
    private var headers: HeaderList?

    var id: ID { unsafe ID(handle) }

    init() throws(TransferFault) {
        guard let handle = unsafe curl_easy_init() else { throw .connection(reason: "out of memory") }
        unsafe self.handle = handle
    }

    deinit { unsafe curl_easy_cleanup(handle) }

    /// Forgets the last transfer; the TLS sessions stay for resumption.
    ///
    /// "It does not change the following information kept in the handle: live connections, the Session ID
    /// cache, the DNS cache, the cookies, the shares" (https://curl.se/libcurl/c/curl_easy_reset.html).
    func reset() {
        unsafe curl_easy_reset(handle)
        headers = nil
    }

    func set(headers list: HeaderList) throws(TransferFault) {
        try check(unsafe curl_easy_set_pointer(handle, CURLOPT_HTTPHEADER, list.head))
        headers = list
    }

    func set(_ option: CURLoption, _ number: Int) throws(TransferFault) {
        try check(unsafe curl_easy_set_number(handle, option, number))
    }

    func set(_ option: CURLoption, size: Int) throws(TransferFault) {
        try check(unsafe curl_easy_set_size(handle, option, curl_off_t(size)))
    }

    /// Sets text, of which curl keeps a copy.
    func set(_ option: CURLoption, _ text: String) throws(TransferFault) {
        try check(unsafe text.withCString { unsafe curl_easy_set_pointer(handle, option, $0) })
    }

    /// Sets bytes, of which curl keeps a copy of the size set before.
    func set(_ option: CURLoption, copying bytes: [UInt8]) throws(TransferFault) {
        try check(
            unsafe bytes.withUnsafeBytes { unsafe curl_easy_set_pointer(handle, option, $0.baseAddress) }
        )
    }

    func unset(_ option: CURLoption) throws(TransferFault) {
        try check(unsafe curl_easy_set_pointer(handle, option, nil))
    }

    func check(_ code: CURLcode) throws(TransferFault) {
        if let fault = TransferFault(code) { throw fault }
    }
}
