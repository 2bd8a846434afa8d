package import HTTPMessages
import Synchronization

/// Sends HTTP requests with libcurl: one pool of connections, driven by one thread.
///
/// Connections are kept and used again, HTTP/2 is spoken where the server offers it, redirects are answers like
/// any other, and nothing of the environment (proxies, netrc) has a say. A client without requests sleeps.
/// Dropping the last reference closes it as well; `close` also waits.
package final class HTTPClient: HTTPTransport {
    private let mailbox: Mailbox
    private let lastNumber = Atomic<UInt64>(0)

    package init(settings: HTTPClientSettings = HTTPClientSettings()) throws(HTTPTransportError) {
        let multi = try CurlMulti(connections: settings.requests)
        mailbox = Mailbox(waking: multi)
        try DriverThread.start(settings, mailbox, multi)
    }

    deinit { mailbox.close() }

    /// Sends one request and returns the whole answer.
    package func send(
        _ request: HTTPRequest,
        limits: HTTPTransferLimits
    ) async throws(HTTPTransportError) -> HTTPResponse {
        let deadline = ContinuousClock.now + limits.total
        let request = try CheckedRequest(request)
        let id = TransferID(number: lastNumber.add(1, ordering: .relaxed).newValue)
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let order = TransferOrder(
                    id: id,
                    request: request,
                    limits: limits,
                    deadline: deadline,
                    continuation: continuation
                )
                place(order)
            }
        } onCancel: {
            // For a transfer that is over, or was never known, this does nothing.
            _ = mailbox.post(.cancel(id))
        }
        return try answer.get()
    }

    /// Aborts what is left and returns when the thread has let go of every connection.
    ///
    /// Requests under way throw, later ones throw `.closed`.
    package func close() async {
        mailbox.close()
        await withCheckedContinuation { mailbox.whenEnded($0) }
    }

    private func place(_ order: TransferOrder) {
        guard mailbox.post(.send(order)) else {
            order.continuation.resume(returning: .failure(.closed))
            return
        }
        // A cancellation that came before the order found nothing to cancel, so it is said again.
        if Task.isCancelled { _ = mailbox.post(.cancel(order.id)) }
    }
}
