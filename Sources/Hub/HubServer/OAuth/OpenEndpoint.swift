import CardiogramAPI
import HTTPTypes
import HubStore
import PulsoidAPI

/// The calls that need no user's access token: those that lead to one, the description of the others, and what looks after
/// the hub.
enum OpenEndpoint: Sendable, Hashable {
    case openAPI
    case deviceAuthorization
    case deviceConsent
    case token
    case revoke
    case authorization
    case cardiogramToken
    case health
    case metrics

    /// Nil for a path that is another's.
    init?(path: String) {
        switch path {
        case "/openapi.json": self = .openAPI
        case PulsoidPath.deviceAuthorization: self = .deviceAuthorization
        case PulsoidPath.deviceConsent: self = .deviceConsent
        case PulsoidPath.token: self = .token
        case PulsoidPath.revoke: self = .revoke
        case CardiogramPath.authorization: self = .authorization
        case CardiogramPath.token: self = .cardiogramToken
        case "/healthz": self = .health
        case "/metrics": self = .metrics
        default: return nil
        }
    }

    /// Its path.
    var route: String {
        switch self {
        case .openAPI: "/openapi.json"
        case .deviceAuthorization: PulsoidPath.deviceAuthorization
        case .deviceConsent: PulsoidPath.deviceConsent
        case .token: PulsoidPath.token
        case .revoke: PulsoidPath.revoke
        case .authorization: CardiogramPath.authorization
        case .cardiogramToken: CardiogramPath.token
        case .health: "/healthz"
        case .metrics: "/metrics"
        }
    }

    /// The methods that it is called with, but for `HEAD` and `OPTIONS`.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .openAPI, .health, .metrics: [.get]
        case .deviceConsent, .authorization: [.get, .post]
        case .deviceAuthorization, .token, .revoke, .cardiogramToken: [.post]
        }
    }

    /// Whose number of calls per second it counts to.
    var pacing: AddressPacing.Kind {
        switch self {
        case .openAPI, .metrics: .page
        case .health: .health
        case .deviceAuthorization, .deviceConsent, .token, .revoke, .authorization, .cardiogramToken: .oauth
        }
    }

    /// The value of an `Allow` header.
    var allowedMethods: String {
        (methods + (methods.contains(.get) ? [.head] : []) + [.options]).map(\.rawValue).joined(separator: ", ")
    }
}
