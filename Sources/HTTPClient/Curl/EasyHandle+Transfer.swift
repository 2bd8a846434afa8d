import CCurl
import HTTPMessages

extension EasyHandle {
    /// Sets everything for one transfer.
    ///
    /// curl calls the transfer back through an unowned pointer: the caller keeps the transfer alive until this
    /// handle has been removed from the multi handle.
    func prepare(_ transfer: Transfer, settings: HTTPClientSettings) throws(TransferFault) {
        try restrict(settings)
        try trust(settings)
        try set(CURLOPT_URL, transfer.request.url)
        // The connect time runs from when curl begins, the total is the driver's to watch.
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, transfer.limits.connect.wholeMilliseconds))
        try setMethodAndBody(transfer.request)
        try set(headers: HeaderList(transfer.request, settings: settings))
        try setCallbacks(transfer)
    }

    /// Turns off all that curl does beyond one request on one connection.
    private func restrict(_ settings: HTTPClientSettings) throws(TransferFault) {
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // "Setting the proxy string to "" explicitly disables the use of a proxy, even if there is an
        // environment variable set for it" (https://curl.se/libcurl/c/CURLOPT_PROXY.html).
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try set(CURLOPT_HTTP09_ALLOWED, 0)
        // Signed paths must arrive as they were signed.
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_DNS_CACHE_TIMEOUT, Self.nameLifetime)
        // Without this, giving up during a name look-up makes this thread, and with it every transfer, wait for
        // the resolver (https://curl.se/libcurl/c/CURLOPT_QUICK_EXIT.html).
        try set(CURLOPT_QUICK_EXIT, 1)
        // An answer can take minutes of silence; gateways forget silent connections.
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_HTTP_VERSION, settings.offersHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        if settings.decodesCompression { try set(CURLOPT_ACCEPT_ENCODING, "") }
    }

    private func trust(_ settings: HTTPClientSettings) throws(TransferFault) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let caFile = settings.caFile {
            // The system's authorities stay trusted through CURLOPT_CAPATH, whose default is their folder.
            try set(CURLOPT_CAINFO, caFile)
        } else {
            // With a folder set, curl parses the system's whole bundle for each connection; without, it keeps
            // the parsed bundle (CURLOPT_CA_CACHE_TIMEOUT).
            try unset(CURLOPT_CAPATH)
        }
    }

    private func setMethodAndBody(_ request: CheckedRequest) throws(TransferFault) {
        let body = request.body
        if request.method == .head {
            try set(CURLOPT_NOBODY, 1)
            return
        }
        if body.isEmpty, request.method != .post, request.method != .put {
            try set(CURLOPT_HTTPGET, 1)
        } else {
            try set(CURLOPT_POST, 1)
            try set(CURLOPT_POSTFIELDSIZE_LARGE, size: body.count)
            // A small body goes out in one write with the head. A large one is read piece by piece, so that it
            // is not copied as a whole.
            if body.count <= Self.copiedBytes { try set(CURLOPT_COPYPOSTFIELDS, copying: body) }
        }
        try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private static let nameLifetime = 30
    private static let copiedBytes = 64 * 1024
}

extension HeaderList {
    fileprivate convenience init(
        _ request: CheckedRequest,
        settings: HTTPClientSettings
    ) throws(TransferFault) {
        self.init()
        for field in request.fields {
            // curl takes "name:" as an order to leave the field out, and "name;" for an empty value.
            try append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        // curl would wait up to a second for a "100 Continue" that few servers send.
        if !request.has("expect") { try append("Expect:") }
        // curl would call every body a form.
        if !request.has("content-type") { try append("Content-Type:") }
        if !request.has("user-agent") { try append("User-Agent: \(settings.userAgent)") }
    }
}

extension Duration {
    /// Milliseconds, rounded up and within what curl's numbers hold.
    var wholeMilliseconds: Int {
        let milliseconds = self / .milliseconds(1)
        return Int(min(max(milliseconds.rounded(.up), 0), Double(Int32.max)))
    }
}
