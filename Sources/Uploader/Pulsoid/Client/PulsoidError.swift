/// Why Pulsoid gave no answer that can be used.
package struct PulsoidError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, in names that do not change.
    package enum Code: String, Sendable, Hashable {
        /// The token is missing, wrong, expired or without the scope, or its user may not do this. Trying again is of
        /// no use until the user has done something.
        case notAuthorised
        /// The account lacks a paid plan.
        case paymentRequired
        /// No answer, or one that says "later".
        case unavailable
        /// An answer that Pulsoid does not give.
        case unexpectedAnswer
    }

    package let code: Code
    /// What happened and what to do, in sentences; never the token.
    package let description: String
}
