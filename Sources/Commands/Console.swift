import Glibc

/// Text for the person who started the program.
enum Console {
    /// To standard output.
    static func say(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// To standard error.
    static func complain(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        bytes.append(UInt8(ascii: "\n"))
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // Nobody listens any more: there is no one to tell.
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
