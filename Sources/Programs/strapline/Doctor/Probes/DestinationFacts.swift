import Outbox
import Pulsoid
import PulsoidAPI
import Tokens
import WebClient

/// What was found out about a service, for all destinations that use it with the same token.
struct DestinationFacts: Sendable {
    enum Token: Sendable, Equatable {
        /// It can be read; the warning says what is not as it should be all the same.
        case readable(warning: String?)
        case unreadable(TokenError)
        /// systemd hands it to the unit alone.
        case inUnitOnly
    }

    enum Answer: Sendable {
        /// Some answer: there is a service.
        case reachable
        /// What Pulsoid says of the token.
        case validated(TokenValidation)
        case refused(PulsoidError)
        case unreachable(String)
    }

    let lanes: [Lane]
    let address: ServiceAddress
    let source: TokenSource
    let token: Token
    let answer: Answer
}
