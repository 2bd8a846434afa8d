package import ImageJobs
package import Lifetime
package import Telemetry

/// Sends messages that were never confirmed, and those of jobs that nobody works on though they should be.
///
/// Safe in many copies: a second message for a job changes nothing but a claim that fails.
package struct OutboxRelay: Sendable {
    /// When a message is taken for lost.
    package struct Settings: Sendable {
        /// The pause between two looks.
        package var interval: Duration
        /// Longer than publishing takes right after the insert.
        package var unpublishedAge: Duration
        /// Longer than a healthy queue takes to hand out a message.
        package var strandedAge: Duration
        /// Rows a look takes at most.
        package var limit: Int

        package init(
            interval: Duration = .seconds(5),
            unpublishedAge: Duration = .seconds(10),
            strandedAge: Duration = .seconds(900),
            limit: Int = 500
        ) {
            self.interval = interval
            self.unpublishedAge = unpublishedAge
            self.strandedAge = strandedAge
            self.limit = limit
        }
    }

    private let outbox: any JobOutbox
    private let publisher: JobPublisher
    private let settings: Settings
    private let log: Log

    package init(outbox: any JobOutbox, publisher: JobPublisher, settings: Settings = Settings(), log: Log) {
        self.outbox = outbox
        self.publisher = publisher
        self.settings = settings
        self.log = log
    }

    /// Looks at once and then at every interval, until the signal is given.
    package func run(until stop: StopSignal) async {
        repeat { await look() } while await stop.sleep(for: settings.interval)
    }

    /// One look at the outbox.
    package func look() async {
        do {
            let unpublished = try await outbox.unpublished(
                olderThan: settings.unpublishedAge,
                limit: settings.limit
            )
            await send(unpublished, reason: "unpublished")
            let stranded = try await outbox.stranded(silentFor: settings.strandedAge, limit: settings.limit)
            await send(stranded, reason: "stranded")
        } catch .cancelled {
            return
        } catch {
            log.warning("the outbox could not be read", ["error": .describing(error)])
        }
    }

    private func send(_ ids: [JobID], reason: String) async {
        guard !ids.isEmpty else { return }
        let sent = await publisher.send(ids)
        log.warning(
            "messages sent again",
            ["reason": .text(reason), "found": .integer(ids.count), "sent": .integer(sent)]
        )
    }
}
