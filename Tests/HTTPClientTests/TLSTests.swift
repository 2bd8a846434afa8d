import HTTPClient
import HTTPMessages
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Trusting servers` {
    @Test func `a certificate nobody vouches for is refused`() async throws {
        let server = try await TLSServer()
        try await withClient { client in
            let error = await failure { try await client.get("https://localhost:\(server.port)/") }
            #expect(error?.isTLSFailed == true)
            #expect(error?.mayHaveReachedServer == false)
        }
    }

    @Test func `a certificate of the authority in the settings is accepted`() async throws {
        let server = try await TLSServer()
        try await withClient(.with { $0.caFile = server.certificate }) { client in
            expectOK(try await client.get("https://localhost:\(server.port)/"))
        }
    }

    @Test func `a certificate for another name is refused`() async throws {
        let server = try await TLSServer()
        try await withClient(.with { $0.caFile = server.certificate }) { client in
            let error = await failure { try await client.get("https://127.0.0.1:\(server.port)/") }
            #expect(error?.isTLSFailed == true)
        }
    }

    @Test func `another authority than the server's does not help`() async throws {
        let server = try await TLSServer()
        let other = try await TLSServer()
        try await withClient(.with { $0.caFile = other.certificate }) { client in
            let error = await failure { try await client.get("https://localhost:\(server.port)/") }
            #expect(error?.isTLSFailed == true)
        }
    }

    @Test func `an authority file that is missing refuses every server`() async throws {
        let server = try await TLSServer()
        try await withClient(.with { $0.caFile = server.certificate + ".missing" }) { client in
            let error = await failure { try await client.get("https://localhost:\(server.port)/") }
            #expect(error?.isTLSFailed == true)
        }
    }

    @Test func `TLS 1.2 is accepted`() async throws {
        let server = try await TLSServer(options: ["-www", "-tls1_2"])
        try await withClient(.with { $0.caFile = server.certificate }) { client in
            expectOK(try await client.get("https://localhost:\(server.port)/"))
        }
    }

    @Test func `TLS 1.1 is refused`() async throws {
        let server = try await TLSServer(options: ["-www", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        try await withClient(.with { $0.caFile = server.certificate }) { client in
            let error = await failure { try await client.get("https://localhost:\(server.port)/") }
            #expect(error?.isTLSFailed == true)
        }
    }

    @Test func `plain HTTP where TLS was expected is refused`() async throws {
        let server = try ScriptedServer { connection in
            try connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            connection.waitForEnd()
        }
        try await withClient { client in
            let error = await failure { try await client.get("https://127.0.0.1:\(server.port)/") }
            #expect(error?.isTLSFailed == true)
        }
    }

    @Test func `HTTP 2 is spoken with a server that offers it`() async throws {
        let server = try await TLSServer(options: ["-alpn", "h2"])
        let response = try await withClient(.with { $0.caFile = server.certificate }) { client in
            async let response = client.get("https://localhost:\(server.port)/")
            try await server.waitForClient(toSend: "PRI * HTTP/2.0")
            try server.send(Frames.answer("hello"))
            return try await response
        }
        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
    }

    @Test func `HTTP 2 is not offered when it is turned off`() async throws {
        let server = try await TLSServer(options: ["-www", "-alpn", "h2,http/1.1"])
        let settings = HTTPClientSettings.with {
            $0.caFile = server.certificate
            $0.offersHTTP2 = false
        }
        try await withClient(settings) { client in
            expectOK(try await client.get("https://localhost:\(server.port)/"))
        }
    }
}

/// The few HTTP/2 frames that answer one request (RFC 9113 §4.1).
private enum Frames {
    static func answer(_ body: String) -> [UInt8] {
        let settings = frame(type: 4, flags: 0, stream: 0, [])
        let acknowledgement = frame(type: 4, flags: 1, stream: 0, [])
        // 0x88 is ":status: 200" in HPACK's static table; 4 ends the fields, 1 ends the stream.
        let head = frame(type: 1, flags: 4, stream: 1, [0x88])
        let data = frame(type: 0, flags: 1, stream: 1, Array(body.utf8))
        return settings + acknowledgement + head + data
    }

    private static func frame(type: UInt8, flags: UInt8, stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0, 0, UInt8(payload.count), type, flags, 0, 0, 0, stream] + payload
    }
}
