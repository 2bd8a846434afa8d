/// Something that runs for as long as the process does.
package struct Service: Sendable {
    package let name: String
    /// Works until the signal is given, then finishes what it must and returns.
    ///
    /// When its task is
    /// cancelled, time is up: it returns at once.
    package let run: @Sendable (StopSignal) async throws -> Void

    package init(_ name: String, run: @escaping @Sendable (StopSignal) async throws -> Void) {
        self.name = name
        self.run = run
    }
}
