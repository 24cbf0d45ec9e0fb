/// Why there is no token at the end of a login.
package struct LoginError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, in names that do not change.
    package enum Code: String, Sendable, Hashable {
        /// The user said no.
        case denied
        /// The user did not answer in time.
        case expired
        /// Pulsoid rejects the request: client id, scope, or a used code.
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
