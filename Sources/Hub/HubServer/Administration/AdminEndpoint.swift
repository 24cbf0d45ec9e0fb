import HTTPTypes
import HubStore

/// The calls of the administration, below `/api/hub/v1/admin`.
enum AdminEndpoint: Sendable, Hashable {
    case users
    case user(String)
    case tokens
    case token(String)
    case rooms
    case room(String)
    case member(roomID: String, user: String)
    case clients
    case client(String)
    case adminTokens
    case adminToken(String)

    private static let prefix = ["api", "hub", "v1", "admin"]

    /// Nil for a path that is another's.
    init?(_ segments: [String]) {
        guard segments.count > Self.prefix.count, Array(segments[..<Self.prefix.count]) == Self.prefix,
            !segments.contains("")
        else { return nil }
        let names = Array(segments[Self.prefix.count...])
        switch (names[0], names.count) {
        case ("users", 1): self = .users
        case ("users", 2): self = .user(names[1])
        case ("tokens", 1): self = .tokens
        case ("tokens", 2): self = .token(names[1])
        case ("rooms", 1): self = .rooms
        case ("rooms", 2): self = .room(names[1])
        case ("rooms", 4) where names[2] == "members": self = .member(roomID: names[1], user: names[3])
        case ("clients", 1): self = .clients
        case ("clients", 2): self = .client(names[1])
        case ("admin-tokens", 1): self = .adminTokens
        case ("admin-tokens", 2): self = .adminToken(names[1])
        default: return nil
        }
    }

    /// Its path with its variable parts named.
    var route: String {
        let path =
            switch self {
            case .users: "users"
            case .user: "users/{user}"
            case .tokens: "tokens"
            case .token: "tokens/{tokenId}"
            case .rooms: "rooms"
            case .room: "rooms/{roomId}"
            case .member: "rooms/{roomId}/members/{user}"
            case .clients: "clients"
            case .client: "clients/{clientId}"
            case .adminTokens: "admin-tokens"
            case .adminToken: "admin-tokens/{id}"
            }
        return "/" + (Self.prefix + [path]).joined(separator: "/")
    }

    /// The methods that it is called with, but for `HEAD` and `OPTIONS`.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .users, .tokens, .rooms, .clients, .adminTokens: [.get, .post]
        case .user: [.get, .delete]
        case .room: [.get, .put, .delete]
        case .member: [.put, .delete]
        case .token, .client, .adminToken: [.delete]
        }
    }

    /// The value of an `Allow` header.
    var allowedMethods: String {
        (methods + (methods.contains(.get) ? [.head] : []) + [.options]).map(\.rawValue).joined(separator: ", ")
    }
}
