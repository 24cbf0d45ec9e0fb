import Glibc

/// Why standard output could not be written.
package struct OutputFailure: Error, Equatable, CustomStringConvertible {
    /// `errno` of `write` or `close`.
    package let code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// The reader of a pipe has gone, as `head` does when it has enough.
    package var isReaderGone: Bool { code == EPIPE }

    /// In the system's own words.
    package var reason: String { String(cString: strerror(code)) }

    package var description: String {
        "Standard output cannot be written: \(reason). The output is not complete. Free some space, or write to "
            + "another place."
    }
}
