import HTTPMessages
import Testing

struct HTTPFieldsTests {
    @Test func `names compare without case, values stay as they came`() {
        let fields = HTTPFields(["Content-Type": "Text/Plain"])
        #expect(fields["CONTENT-TYPE"] == "Text/Plain")
        #expect(fields.fields.map(\.name) == ["content-type"])
    }

    @Test func `repeated fields keep their order, and set replaces them all`() {
        var fields = HTTPFields(["Accept": "a", "Host": "h", "accept": "b"])
        #expect(fields.values("Accept") == ["a", "b"])
        #expect(fields["accept"] == "a")
        fields.set("ACCEPT", "c")
        #expect(fields.values("accept") == ["c"])
        fields.remove("host")
        #expect(fields["host"] == nil)
    }
}

struct IncomingBodyTests {
    /// A body of these pieces, without a declared length.
    private func chunked(_ pieces: [[UInt8]]) -> IncomingBody {
        let source = Source(pieces)
        return IncomingBody(declaredLength: nil) { () throws(IncomingBody.Failure) in await source.next() }
    }

    private actor Source {
        private var pieces: ArraySlice<[UInt8]>

        init(_ pieces: [[UInt8]]) { self.pieces = pieces[...] }

        func next() -> [UInt8]? { pieces.popFirst() }
    }

    @Test func `a body is collected up to its limit and not a byte more`() async throws {
        #expect(try await chunked([[1, 2], [3]]).collect(upTo: 3) == [1, 2, 3])
        await #expect(throws: IncomingBody.Failure.tooLarge) {
            try await chunked([[1, 2], [3, 4]]).collect(upTo: 3)
        }
        #expect(try await IncomingBody.empty.collect(upTo: 0) == [])
    }

    @Test func `a declared length over the limit is refused before anything is read`() async {
        let body = IncomingBody(declaredLength: 4) { () throws(IncomingBody.Failure) in
            Issue.record("the body was read")
            return nil
        }
        await #expect(throws: IncomingBody.Failure.tooLarge) { try await body.collect(upTo: 3) }
    }

    @Test func `bytes are handed out once`() async throws {
        let body = IncomingBody.bytes([1])
        #expect(try await body.next() == [1])
        #expect(try await body.next() == nil)
    }
}
