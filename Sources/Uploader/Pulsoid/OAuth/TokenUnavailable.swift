/// Why there is no token to send.
package enum TokenUnavailable: Error, Sendable, Equatable, CustomStringConvertible {
    /// The renewal fails at the moment.
    case later(after: Duration, reason: String)
    /// Only the user can fix it; the reason says how.
    case notAuthorised(reason: String)

    package var description: String {
        switch self {
        case .later(_, let reason), .notAuthorised(let reason): reason
        }
    }
}
