/// The header fields of a message, in order, with names kept in lower case.
///
/// Field names compare without regard to case (RFC 9110 §5.1), so they are stored lower-cased once
/// and compared as they are. Values are kept as they came.
package struct HTTPFields: Sendable, Equatable {
    /// One name with one value.
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(_ pairs: KeyValuePairs<String, String>) {
        for (name, value) in pairs { append(name, value) }
    }

    /// The first value of the field, or nil.
    package subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name == name }?.value
    }

    /// Every value of the field, in the order received.
    package func values(_ name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name == name }.map(\.value)
    }

    /// Adds a field and keeps those of the same name.
    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name.lowercased(), value: value))
    }

    /// Adds a field whose name is in lower case already, so that a parser need not look at it twice.
    package mutating func append(lowercased name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Puts this value in the place of every field of that name.
    package mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes every value of the name.
    package mutating func remove(_ name: String) {
        let name = name.lowercased()
        fields.removeAll { $0.name == name }
    }
}
