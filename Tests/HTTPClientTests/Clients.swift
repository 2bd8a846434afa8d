import HTTPClient
import HTTPMessages
import Testing

/// Runs the body with a client, and closes the client whatever happens.
func withClient<Value>(
    _ settings: HTTPClientSettings = HTTPClientSettings(),
    _ body: (HTTPClient) async throws -> Value
) async throws -> Value {
    let client = try HTTPClient(settings: settings)
    do {
        let value = try await body(client)
        await client.close()
        return value
    } catch {
        await client.close()
        throw error
    }
}

extension HTTPClientSettings {
    static func with(_ change: (inout HTTPClientSettings) -> Void) -> HTTPClientSettings {
        var settings = HTTPClientSettings()
        change(&settings)
        return settings
    }
}

extension HTTPClient {
    func get(
        _ url: String,
        limits: HTTPTransferLimits = HTTPTransferLimits()
    ) async throws(HTTPTransportError)
        -> HTTPResponse
    {
        try await send(HTTPRequest(method: .get, url: url), limits: limits)
    }

    func post(_ url: String, _ body: [UInt8] = [1, 2, 3]) async throws(HTTPTransportError) -> HTTPResponse {
        try await send(HTTPRequest(method: .post, url: url, body: body), limits: HTTPTransferLimits())
    }
}

/// The error the call throws; recorded as an issue when there is none.
func failure(
    _ location: SourceLocation = #_sourceLocation,
    _ call: () async throws -> HTTPResponse
) async -> HTTPTransportError? {
    do {
        let response = try await call()
        Issue.record("answered \(response.status) instead of failing", sourceLocation: location)
        return nil
    } catch let error as HTTPTransportError {
        return error
    } catch {
        Issue.record(error, sourceLocation: location)
        return nil
    }
}

func expectOK(_ response: HTTPResponse, _ location: SourceLocation = #_sourceLocation) {
    #expect(response.status == 200, sourceLocation: location)
}

extension HTTPTransportError {
    var isInterrupted: Bool { if case .interrupted = self { true } else { false } }
    var isConnectFailed: Bool { if case .connectFailed = self { true } else { false } }
    var isTLSFailed: Bool { if case .tlsFailed = self { true } else { false } }
    var isInvalidRequest: Bool { if case .invalidRequest = self { true } else { false } }
}
