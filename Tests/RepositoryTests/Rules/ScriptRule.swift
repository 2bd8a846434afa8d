/// A script can be run, and what can be run is a script.
struct ScriptRule {
    static func violations(path: String, text: String, isExecutable: Bool) -> [Violation] {
        switch (text.hasPrefix("#!"), isExecutable) {
        case (true, false): [Violation(path: path, line: 1, reason: "begins with #! but cannot be executed")]
        case (false, true):
            [Violation(path: path, line: 1, reason: "can be executed but does not begin with #!")]
        default: []
        }
    }
}

/// What Package.swift needs from the system, the bootstrap script installs.
struct SystemPackageRule {
    /// The Debian packages that a manifest names for its system libraries.
    static func packages(ofManifest text: String) -> Set<String> {
        Set(
            text.components(between: "debian: \"", and: "\"")
                + text.components(between: ".apt([\"", and: "\"")
        )
    }

    /// Those that the script's list of packages for building lacks.
    static func missing(manifest: String, script: String) -> Set<String> {
        let list = script.components(between: "BUILD_PACKAGES=(", and: ")").joined(separator: " ")
        let words = list.split { $0 == " " || $0 == "\n" }.map(String.init)
        return packages(ofManifest: manifest).subtracting(words)
    }
}
