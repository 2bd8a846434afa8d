import Glibc
import HTTPClient
import HTTPMessages
import TestSupport
import Testing

/// Each in a process of its own, whose environment and processor time belong to the test.
@Suite struct `The process around the client` {
    @Test func `proxies of the environment are ignored`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try ScriptedServer.answering { _, connection in try connection.respond(502) }
            for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "HTTP_PROXY"] {
                unsafe setenv(name, proxy.url, 1)
            }
            let server = try ScriptedServer.answering { _, connection in try connection.respond() }
            let response = try await withClient { try await $0.get(server.url) }
            try #require(response.status == 200)
            try #require(proxy.connectionsAccepted == 0)
        }
    }

    @Test func `an idle client uses no processor time`() async {
        await #expect(processExitsWith: .success) {
            let server = try ScriptedServer.answering { _, connection in try connection.respond() }
            try await withClient { client in
                expectOK(try await client.get(server.url))
                let before = clock()
                // Idleness is the thing measured, and it has no end to wait for.
                try await Task.sleep(for: .milliseconds(500))
                let used = Double(clock() - before) / Double(CLOCKS_PER_SEC)
                try #require(used < 0.05, "used \(used) seconds")
            }
        }
    }
}
