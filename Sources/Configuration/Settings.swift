/// Everything that can be set, checked.
///
/// One value for the whole process.
package struct Settings: Sendable {
    /// What the process is to be, which decides what it must be told.
    package enum Role: Sendable, CaseIterable {
        /// API, worker and images in one process on this machine.
        case local
        /// The API on AWS.
        case serve
        /// A worker on AWS.
        case work
        /// Changes the database's schema.
        case migrate
    }

    package var http: HTTPSettings
    package var jobs: JobSettings
    package var provider: ProviderSettings
    /// Local role only.
    package var dataDirectory: String
    /// All roles but local.
    package var aws: AWSSettings?
    package var logLevel: LogLevel
    /// From the first signal to the exit.
    package var stopTimeout: Duration

    /// Reads the settings of a role, or throws every mistake found.
    ///
    /// `values` are the environment's, laid over those of a `.env` file; `readFile` gives the text of the files that
    /// `…_FILE` variables name, or nil.
    package init(
        role: Role,
        values: [String: String],
        readFile: @escaping (String) -> String?
    ) throws(SettingsMistakes) {
        var reader = SettingsReader(values: values, readFile: readFile)
        stopTimeout = reader.duration(
            "STOP_TIMEOUT",
            // The shortest long poll of SQS is a second, and stopping lets it end.
            in: .seconds(2)...(.seconds(120)),
            default: .seconds(25)
        )
        http = HTTPSettings(&reader, role: role, stopTimeout: stopTimeout)
        jobs = JobSettings(&reader, role: role)
        provider = ProviderSettings(&reader, role: role)
        dataDirectory = reader.text("DATA_DIR", default: ".image-api")
        aws = role == .local ? nil : AWSSettings(&reader, role: role)
        logLevel = reader.choice("LOG_LEVEL", default: .info)
        if !reader.mistakes.isEmpty { throw SettingsMistakes(mistakes: reader.mistakes) }
    }
}

/// Every wrong setting at once.
package struct SettingsMistakes: Error, Equatable, Sendable, CustomStringConvertible {
    package let mistakes: [SettingsMistake]

    package init(mistakes: [SettingsMistake]) { self.mistakes = mistakes }

    package var description: String {
        (["The settings are wrong:"] + mistakes.map { "  \($0)" }).joined(separator: "\n")
    }
}

/// How much is logged.
package enum LogLevel: String, Sendable, CaseIterable {
    case debug
    case info
    case warning
    case error
}
