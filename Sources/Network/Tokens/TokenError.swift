import Glibc

/// Why there is no token to send.
package struct TokenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where it was looked for.
    package let source: TokenSource
    /// The problem with the source, as the end of a sentence about it.
    package let problem: String
    /// What to do.
    package let advice: String

    init(_ source: TokenSource, _ problem: String, _ advice: String) {
        self.source = source
        self.problem = problem
        self.advice = advice
    }

    init(_ source: TokenSource, errno: Int32) {
        let advice =
            switch errno {
            case ENOENT: "Put the token there, readable by the user that runs this program only (mode 600)."
            case EACCES: "Make it readable for the user that runs this program."
            case EISDIR: "Name the file in it that holds the token."
            default: "Check the file."
            }
        self.init(source, "cannot be read: \(String(cString: strerror(errno)))", advice)
    }

    package var description: String {
        let subject = source.description
        return "\(subject.prefix(1).uppercased())\(subject.dropFirst()) \(problem). \(advice)"
    }
}
