import CPostgres

/// Looks at an address before libpq connects, because libpq's messages quote what it cannot use.
///
/// In a URL whose password has a bare `/` or `@`, the password ends there, and its rest is taken for a port or for a
/// part of the host's name. A message that quotes either would carry it into the log.
enum PostgresAddress {
    /// Throws, without a word of the address, when it cannot be read or was plainly read wrongly.
    static func check(_ address: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        let first = unsafe PQconninfoParse(address, &message)
        // It quotes the address.
        unsafe PQfreemem(message)
        guard let first = unsafe first else { throw unreadable }
        defer { unsafe PQconninfoFree(first) }
        var option = unsafe first
        // "The array … is terminated by an entry with a null keyword pointer":
        // https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PQCONNINFOPARSE
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val,
                unsafe !isBelievable(String(cString: value), as: String(cString: keyword))
            {
                throw unreadable
            }
            unsafe option += 1
        }
    }

    private static func isBelievable(_ value: String, as keyword: String) -> Bool {
        switch keyword {
        // In front, the character marks a socket without a file.
        case "host": !value.dropFirst().contains("@")
        case "port":
            value.split(separator: ",").allSatisfy { port in UInt16(port).map { $0 > 0 } ?? false }
        default: true
        }
    }

    private static let unreadable = PostgresError.connectFailed(
        reason: "the address cannot be read; special characters in its password must be percent-encoded"
    )
}
