/// What the program was asked to do.
enum Command: String, CaseIterable {
    case serve
    case work
    case local
    case migrate
    case doctor

    /// One line about the command, for the help.
    var summary: String {
        switch self {
        case .serve: "Run the API. Needs Postgres and SQS."
        case .work: "Run a worker. Needs Postgres, SQS and S3."
        case .local: "Run everything in this process, on SQLite and a folder."
        case .migrate: "Bring the Postgres schema up to date."
        case .doctor: "Check settings and services, and say what to do."
        }
    }
}

/// The command line, read.
enum CommandLineRequest: Equatable {
    case run(Command)
    case help
    case version
    case wrong(String)

    /// Reads the arguments after the program's name.
    init(_ arguments: [String]) {
        guard let first = arguments.first else {
            self = .help
            return
        }
        let asksForHelp = arguments.contains { ["-h", "--help", "help"].contains($0) }
        if asksForHelp {
            self = .help
        } else if ["-v", "--version", "version"].contains(first) {
            self = .version
        } else if let command = Command(rawValue: first) {
            self = arguments.count == 1 ? .run(command) : .wrong("\(first) takes no arguments")
        } else {
            self = .wrong("there is no command '\(first)'")
        }
    }

    /// What `--help` prints.
    static var usage: String {
        let commands = Command.allCases.map { command in
            "  \(command.rawValue)\(String(repeating: " ", count: 9 - command.rawValue.count))\(command.summary)"
        }
        return """
            Usage: image-api COMMAND

            \(commands.joined(separator: "\n"))

              --help     Print this.
              --version  Print the version.

            Settings come from the environment and from .env in the working directory;
            .env.example names them all. Wrong settings end the program with status 78.
            """
    }
}

/// How the program ends (the numbers of sysexits.h where they fit).
enum ExitStatus: Int32 {
    case success = 0
    case failure = 1
    /// The command line is wrong.
    case usage = 64
    /// Something that is needed is not there.
    case unavailable = 69
    /// The settings are wrong.
    case configuration = 78
}
