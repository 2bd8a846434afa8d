import Testing

@testable import HTTPClient

@Suite struct `Admitting transfers` {
    @Test func `an origin has its places and no more`() {
        var queue = AdmissionQueue(perOrigin: 2, total: 10, waitingLimit: 10)
        #expect(queue.enter(id(1), origin: "a") == .now)
        #expect(queue.enter(id(2), origin: "a") == .now)
        #expect(queue.enter(id(3), origin: "a") == .waiting)
        #expect(queue.enter(id(4), origin: "b") == .now)
        #expect(queue.leave(origin: "b") == nil)
        #expect(queue.leave(origin: "a") == id(3))
        #expect(queue.leave(origin: "a") == nil)
    }

    @Test func `the total is shared in the order of arrival`() {
        var queue = AdmissionQueue(perOrigin: 2, total: 2, waitingLimit: 10)
        for number in 1...2 { #expect(queue.enter(id(number), origin: "a") == .now) }
        #expect(queue.enter(id(3), origin: "a") == .waiting)
        #expect(queue.enter(id(4), origin: "b") == .waiting)
        #expect(queue.enter(id(5), origin: "a") == .waiting)
        #expect(queue.leave(origin: "a") == id(3))
        #expect(queue.leave(origin: "a") == id(4))
        #expect(queue.leave(origin: "b") == id(5))
    }

    @Test func `a newcomer does not overtake those who wait for its origin`() {
        var queue = AdmissionQueue(perOrigin: 1, total: 1, waitingLimit: 10)
        #expect(queue.enter(id(1), origin: "a") == .now)
        #expect(queue.enter(id(2), origin: "b") == .waiting)
        #expect(queue.leave(origin: "a") == id(2))
        #expect(queue.enter(id(3), origin: "b") == .waiting)
        #expect(queue.leave(origin: "b") == id(3))
    }

    @Test func `waiting has a bound`() {
        var queue = AdmissionQueue(perOrigin: 1, total: 1, waitingLimit: 1)
        #expect(queue.enter(id(1), origin: "a") == .now)
        #expect(queue.enter(id(2), origin: "a") == .waiting)
        #expect(queue.enter(id(3), origin: "a") == .full)
        queue.abandon(id(2), origin: "a")
        #expect(queue.enter(id(4), origin: "a") == .waiting)
    }

    @Test func `who gave up is not admitted`() {
        var queue = AdmissionQueue(perOrigin: 1, total: 1, waitingLimit: 9)
        #expect(queue.enter(id(1), origin: "a") == .now)
        #expect(queue.enter(id(2), origin: "a") == .waiting)
        #expect(queue.enter(id(3), origin: "a") == .waiting)
        queue.abandon(id(2), origin: "a")
        queue.abandon(id(2), origin: "a")
        #expect(queue.leave(origin: "a") == id(3))
        #expect(queue.leave(origin: "a") == nil)
    }

    private func id(_ number: Int) -> TransferID { TransferID(number: UInt64(number)) }
}
