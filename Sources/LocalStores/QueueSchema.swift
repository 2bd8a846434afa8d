internal import SQLite

/// The table of the queue.
enum QueueSchema {
    /// Never edited once merged: a change is a new migration.
    static let migrations = [
        SQLiteMigration(
            1,
            """
            -- AUTOINCREMENT: an id is never used again, so an old receipt never names a new message.
            CREATE TABLE messages (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                body TEXT NOT NULL,
                visible_at INTEGER NOT NULL,
                receive_count INTEGER NOT NULL DEFAULT 0,
                dead_at INTEGER
            ) STRICT;

            CREATE INDEX messages_visible ON messages (visible_at) WHERE dead_at IS NULL;
            """
        )
    ]
}
