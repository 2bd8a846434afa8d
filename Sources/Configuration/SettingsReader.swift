/// Reads named values and gathers every mistake, so that all are reported at once.
struct SettingsReader {
    private let values: [String: String]
    private let readFile: (String) -> String?
    private(set) var mistakes: [SettingsMistake] = []

    init(values: [String: String], readFile: @escaping (String) -> String?) {
        self.values = values
        self.readFile = readFile
    }

    /// The text, or nil when it is unset or empty.
    func text(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    mutating func text(_ name: String, default fallback: String) -> String { text(name) ?? fallback }

    mutating func required(_ name: String, _ expected: String) -> String {
        guard let value = text(name) else {
            mistake(name, "is missing; expected \(expected)")
            return ""
        }
        return value
    }

    /// Reads a secret from the variable, or from the file that the variable of that name with _FILE names.
    ///
    /// Its value is never part of a mistake.
    mutating func secret(_ name: String) -> Secret? {
        let file = text(name + "_FILE")
        if let value = text(name) {
            if file != nil { mistake(name, "is set, and so is \(name)_FILE; set one of them") }
            return Secret(value)
        }
        guard let file else { return nil }
        guard var value = readFile(file) else {
            mistake(name + "_FILE", "names a file that cannot be read: \(file)")
            return nil
        }
        while value.hasSuffix("\n") || value.hasSuffix("\r\n") { value.removeLast() }
        guard !value.isEmpty else {
            mistake(name + "_FILE", "names an empty file: \(file)")
            return nil
        }
        return Secret(value)
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        guard let text = text(name) else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            mistake(
                name,
                "is '\(text)'; expected a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return fallback
        }
        return value
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>, default fallback: Double) -> Double {
        guard let text = text(name) else { return fallback }
        guard let value = Double(text), range.contains(value) else {
            mistake(name, "is '\(text)'; expected a number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return value
    }

    /// A span such as `500ms`, `25s`, `2m`, `1h`, or a bare number of seconds.
    mutating func duration(
        _ name: String,
        in range: ClosedRange<Duration>,
        default fallback: Duration
    ) -> Duration {
        guard let text = text(name) else { return fallback }
        guard let value = Self.duration(text), range.contains(value) else {
            let bounds = "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
            mistake(name, "is '\(text)'; expected a time from \(bounds), such as 500ms, 25s or 2m")
            return fallback
        }
        return value
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        default fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        guard let text = text(name) else { return fallback }
        guard let value = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            mistake(name, "is '\(text)'; expected one of: \(known)")
            return fallback
        }
        return value
    }

    /// An absolute URL with one of these schemes and a host, without a trailing slash.
    mutating func url(_ name: String, schemes: [String]) -> String? {
        guard let text = text(name) else { return nil }
        guard let scheme = schemes.first(where: { text.hasPrefix($0 + "://") }),
            text.count > scheme.count + 3, !text.dropFirst(scheme.count + 3).hasPrefix("/"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("@")
        else {
            mistake(
                name,
                "is not a URL without a user name; expected \(schemes.map { $0 + "://…" }.joined(separator: " or "))"
            )
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// The variables whose names are wanted.
    func environment(_ isWanted: (String) -> Bool) -> [String: String] {
        values.filter { isWanted($0.key) }
    }

    mutating func mistake(_ name: String, _ problem: String) {
        mistakes.append(SettingsMistake(name: name, problem: problem))
    }

    private static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)ms"
    }

    static func duration(_ text: String) -> Duration? {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600), ("", 1),
        ]
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let value = Double(text.dropLast(unit.suffix.count)), value >= 0, value < 1e9 else {
                return nil
            }
            return .seconds(value * unit.seconds)
        }
        return nil
    }
}

/// One wrong setting: its name and what was expected.
///
/// Never holds a secret's value.
package struct SettingsMistake: Error, Equatable, Sendable, CustomStringConvertible {
    package let name: String
    package let problem: String

    package var description: String { "\(name) \(problem)" }
}
