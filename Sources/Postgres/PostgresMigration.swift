/// One step of a schema, written once and never edited after it was merged.
package struct PostgresMigration: Sendable {
    /// Counted from 1, without gaps.
    package let number: Int
    package let name: String
    package let sql: String

    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// Why a schema was left as it was.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The database did not do it.
    case database(PostgresError)
    /// The server refused a migration, of which nothing is left.
    case failed(number: Int, name: String, PostgresError)
    /// A migration that was applied is not the one this program knows under its number.
    case changed(number: Int, name: String)
    /// A newer program has migrated this database: run that one, or a newer one.
    case newerSchema(found: Int, known: Int)

    package var description: String {
        switch self {
        case .database(let error): error.description
        case .failed(let number, let name, let error): "migration \(number) (\(name)) failed: \(error)"
        case .changed(let number, let name):
            "migration \(number) (\(name)) differs from the one that was applied to this database"
        case .newerSchema(let found, let known):
            "the database has schema \(found), this program knows only up to \(known)"
        }
    }
}
