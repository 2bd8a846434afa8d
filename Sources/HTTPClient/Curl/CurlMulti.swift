import CCurl
import HTTPMessages

/// curl's multi handle: many transfers and their pool of connections, driven by one thread.
///
/// "Except for a few marked functions, libcurl handles must not be used by two threads at the same time"
/// (https://curl.se/libcurl/c/threadsafe.html). `curl_multi_wakeup` is the marked one.
@safe
final class CurlMulti: @unchecked Sendable {
    // @unchecked: `handle` never changes; all but `wakeUp` is called by the driver's thread alone, and `deinit`
    // runs when nobody else can call.
    private let handle: UnsafeMutableRawPointer

    /// - Parameter connections: how many idle connections are kept for later requests.
    /// - Throws: `connectFailed` when memory or descriptors ran out.
    init(connections: Int) throws(HTTPTransportError) {
        guard CurlLibrary.isReady, let handle = unsafe curl_multi_init() else {
            throw .connectFailed(reason: "curl could not be set up")
        }
        unsafe self.handle = handle
        let settings = [
            (CURLMOPT_MAXCONNECTS, connections),
            // One request at a time on an HTTP/2 connection as well: a large upload delays no other request,
            // and a broken connection harms one.
            (CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING)),
        ]
        for (option, value) in settings {
            guard unsafe curl_multi_set_number(handle, option, value) == CURLM_OK else {
                throw .connectFailed(reason: "curl could not be set up")
            }
        }
    }

    deinit { unsafe curl_multi_cleanup(handle) }

    /// Ends the current or the next `wait`; callable from any thread.
    ///
    /// Should it fail, the message waits until the next event or deadline.
    func wakeUp() { unsafe curl_multi_wakeup(handle) }

    func add(_ easy: EasyHandle) throws(TransferFault) {
        let code = unsafe curl_multi_add_handle(handle, easy.handle)
        guard code == CURLM_OK else { throw .connection(reason: Self.reason(code)) }
    }

    /// Takes the handle out and aborts its transfer when it is not finished.
    ///
    /// "Removing an easy handle while being used is perfectly legal and will effectively halt the transfer in
    /// progress" (https://curl.se/libcurl/c/curl_multi_remove_handle.html).
    func remove(_ easy: EasyHandle) {
        let code = unsafe curl_multi_remove_handle(handle, easy.handle)
        // The other codes are of wrong handles and of calls from inside a callback.
        precondition(code == CURLM_OK, "a handle is removed once, and not from a callback")
    }

    /// Reads and writes what can be without waiting; makes the callbacks.
    func perform() throws(TransferFault) {
        var running: Int32 = 0
        let code = unsafe curl_multi_perform(handle, &running)
        guard code == CURLM_OK else { throw .connection(reason: Self.reason(code)) }
    }

    /// A transfer that curl is done with, and what went wrong with it; nil when there is no more.
    func nextFinished() -> (easy: EasyHandle.ID, fault: TransferFault?)? {
        var remaining: Int32 = 0
        while let message = unsafe curl_multi_info_read(handle, &remaining) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle
            else { continue }
            let fault = unsafe TransferFault(curl_message_result(message))
            return unsafe (EasyHandle.ID(easy), fault)
        }
        return nil
    }

    /// Sleeps until a socket, a timer of curl, `wakeUp` or the time limit.
    func wait(atMost milliseconds: Int32) throws(TransferFault) {
        let code = unsafe curl_multi_poll(handle, nil, 0, milliseconds, nil)
        guard code == CURLM_OK else { throw .connection(reason: Self.reason(code)) }
    }

    private static func reason(_ code: CURLMcode) -> String {
        unsafe curl_multi_strerror(code).map { unsafe String(cString: $0) } ?? "unknown"
    }
}
