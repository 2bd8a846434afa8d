import Configuration
import PostgresJobStore

/// `image-api migrate`: brings the database's schema up to date.
enum MigrateCommand {
    static func run(_ settings: Settings) async throws -> ExitStatus {
        guard let aws = settings.aws else { return .configuration }
        let jobs = try PostgresJobStore(aws.databaseURL.revealed, connections: 1)
        do {
            let version = try await jobs.migrate()
            await jobs.close()
            Console.say("The schema is at version \(version).")
            return .success
        } catch {
            await jobs.close()
            throw error
        }
    }
}
