import FoundationEssentials

/// Reads what the process was given: its environment, and a `.env` file in the working directory.
///
/// The only place that looks at the process; everything else gets values.
package enum ProcessEnvironment {
    /// A `.env` file that cannot be used.
    package struct DotEnvFailure: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The environment's variables laid over those of the `.env` file, if there is one.
    package static func values(dotEnv path: String = ".env") throws(DotEnvFailure) -> [String: String] {
        let environment = ProcessInfo.processInfo.environment
        guard FileManager.default.fileExists(atPath: path) else { return environment }
        guard let text = file(path) else {
            throw DotEnvFailure(description: "\(path) cannot be read; it must be a text file of at most 1 MiB")
        }
        do {
            return try DotEnv.parse(text).merging(environment) { _, fromEnvironment in fromEnvironment }
        } catch {
            throw DotEnvFailure(description: "\(path): \(error)")
        }
    }

    /// The text of a file of at most 1 MiB of UTF-8; nil when it cannot be read.
    package static func file(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1024 * 1024 else { return nil }
        return String(data: data, encoding: .utf8)
    }

    /// The machine's name, for logs.
    package static var hostName: String { ProcessInfo.processInfo.hostName }

    /// The number of this process.
    package static var processID: Int { Int(ProcessInfo.processInfo.processIdentifier) }
}
