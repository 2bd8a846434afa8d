import HTTPMessages
import HTTPServer
import TestSupport
import Testing

struct ExchangeTests {
    @Test func `a request is answered and the connection stays open for the next`() async throws {
        try await withServer { server in
            let port = server.port
            try await RawSocket.offPool {
                let socket = try RawSocket(port: port)
                let reader = RawHTTPReader(socket)
                for number in 1...3 {
                    try socket.send("GET /number/\(number)?a=b HTTP/1.1\r\nHost: here\r\n\r\n")
                    let reply = try reader.next()
                    #expect(reply.status == 200)
                    #expect(reply.text == "GET /number/\(number)?a=b 0")
                    #expect(reply.fields["connection"] == nil)
                    #expect(reply.fields["date"]?.hasSuffix(" GMT") == true)
                    #expect(reply.fields["content-type"] == "text/plain")
                }
            }
        }
    }
}
