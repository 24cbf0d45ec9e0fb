import CardiogramAPI
import HTTPTypes
import PulsoidAPI

/// The calls that need no access token: those that lead to one, and the description of the others.
enum OpenEndpoint: Sendable, Hashable {
    case openAPI
    case deviceAuthorization
    case deviceConsent
    case token
    case revoke

    /// Nil for a path that is another's.
    init?(path: String) {
        switch path {
        case "/openapi.json": self = .openAPI
        case PulsoidPath.deviceAuthorization: self = .deviceAuthorization
        case PulsoidPath.deviceConsent: self = .deviceConsent
        case PulsoidPath.token: self = .token
        case PulsoidPath.revoke: self = .revoke
        default: return nil
        }
    }

    /// The methods that it is called with, but for `HEAD` and `OPTIONS`.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .openAPI: [.get]
        case .deviceConsent: [.get, .post]
        case .deviceAuthorization, .token, .revoke: [.post]
        }
    }

    /// The value of an `Allow` header.
    var allowedMethods: String {
        (methods + (methods.contains(.get) ? [.head] : []) + [.options]).map(\.rawValue).joined(separator: ", ")
    }
}
