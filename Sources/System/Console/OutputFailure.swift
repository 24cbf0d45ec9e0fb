import Glibc

/// Why standard output could not be written.
package struct OutputFailure: Error, Equatable, CustomStringConvertible {
    /// `errno` of `write` or `close`.
    package let code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// The reader of the pipe has closed it, as `head` does after its last line.
    package var isReaderGone: Bool { code == EPIPE }

    /// The system's text for the error.
    package var reason: String { String(cString: strerror(code)) }

    package var description: String {
        "Standard output cannot be written: \(reason). The output is not complete. Free some space, or write to "
            + "another place."
    }
}
