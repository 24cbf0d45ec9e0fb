/// Why there is no token at the end of a login.
package struct LoginError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, in names that do not change.
    package enum Code: String, Sendable, Hashable {
        /// The person said no.
        case denied
        /// Nobody answered in time.
        case expired
        /// Pulsoid does not take the question: client id, scope, or a code that was used already.
        case rejected
        /// No answer, or none that can be read.
        case unavailable
    }

    package let code: Code
    /// What happened and what to do; never a token or a code.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
