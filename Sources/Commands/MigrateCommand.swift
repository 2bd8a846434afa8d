import Configuration
import PostgresJobStore

/// `image-api migrate`: brings the database's schema up to date.
enum MigrateCommand {
    static func run(_ settings: Settings) async throws -> ExitStatus {
        guard let aws = settings.aws else { return .configuration }
        let applied = try await PostgresJobStore.migrate(AWSStack.database(aws))
        if applied.isEmpty {
            Console.say("The schema is up to date.")
        } else {
            Console.say("Applied migrations: \(applied.map(String.init).joined(separator: ", ")).")
        }
        return .success
    }
}
