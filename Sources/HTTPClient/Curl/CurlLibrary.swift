import CCurl

/// libcurl's state of the whole process.
enum CurlLibrary {
    /// Set up on first use, once; false when that failed.
    ///
    /// Never torn down: it ends with the process.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
