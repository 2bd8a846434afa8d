import Configuration
import Glibc

/// The program.
@main
enum ImageAPI {
    /// The version that `--version` prints.
    static let version = "0.1.0"

    static func main() async {
        let status = await run(CommandLineRequest(Array(CommandLine.arguments.dropFirst())))
        exit(status.rawValue)
    }

    private static func run(_ request: CommandLineRequest) async -> ExitStatus {
        switch request {
        case .help:
            Console.say(CommandLineRequest.usage)
            return .success
        case .version:
            Console.say("image-api \(version)")
            return .success
        case .wrong(let reason):
            Console.complain("image-api: \(reason)\n\n\(CommandLineRequest.usage)")
            return .usage
        case .run(.doctor): return await DoctorCommand.run()
        case .run(let command): return await run(command)
        }
    }

    private static func run(_ command: Command) async -> ExitStatus {
        let settings: Settings
        do {
            settings = try Settings(
                role: command.role,
                values: try ProcessEnvironment.values(),
                readFile: ProcessEnvironment.file
            )
        } catch {
            Console.complain("image-api: \(error)")
            return .configuration
        }
        do {
            switch command {
            case .serve: return try await ServeCommand.run(settings)
            case .work: return try await WorkCommand.run(settings)
            case .local: return try await LocalCommand.run(settings)
            case .migrate: return try await MigrateCommand.run(settings)
            case .doctor: return await DoctorCommand.run()
            }
        } catch {
            Console.complain("image-api: \(error)")
            return .unavailable
        }
    }
}

extension Command {
    /// Whose settings the command needs; the doctor finds out by itself.
    var role: Settings.Role {
        switch self {
        case .serve: .serve
        case .work: .work
        case .local, .doctor: .local
        case .migrate: .migrate
        }
    }
}
