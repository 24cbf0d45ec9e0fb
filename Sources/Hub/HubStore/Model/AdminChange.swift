/// A change by the administration, for the security log. It holds no secret.
package enum AdminChange: Sendable, Hashable {
    case userAdded(User)
    case userRemoved(User)
    case tokenIssued(id: String, user: User, scopes: [String], mayConsent: Bool)
    case tokenRemoved(id: String)
    case adminTokenIssued(AdminToken)
    case adminTokenRemoved(id: Int64)
    case clientAdded(Client)
    case clientRemoved(id: String)
    case roomCreated(id: String)
    case roomConfigured(id: String)
    case roomRemoved(id: String)
    case memberSet(user: String, roomID: String)
    case memberRemoved(user: String, roomID: String)

    package var name: String {
        switch self {
        case .userAdded: "user_added"
        case .userRemoved: "user_removed"
        case .tokenIssued: "token_issued"
        case .tokenRemoved: "token_removed"
        case .adminTokenIssued: "admin_token_issued"
        case .adminTokenRemoved: "admin_token_removed"
        case .clientAdded: "client_added"
        case .clientRemoved: "client_removed"
        case .roomCreated: "room_created"
        case .roomConfigured: "room_configured"
        case .roomRemoved: "room_removed"
        case .memberSet: "member_set"
        case .memberRemoved: "member_removed"
        }
    }

    /// The details, in the order of the log line.
    package var details: [(key: String, value: String)] {
        switch self {
        case .userAdded(let user), .userRemoved(let user): [("user", "\(user.id)"), ("name", user.name)]
        case .tokenIssued(let id, let user, let scopes, let mayConsent):
            [
                ("token", id), ("user", "\(user.id)"), ("scopes", scopes.joined(separator: ",")),
                ("may_consent", "\(mayConsent)"),
            ]
        case .tokenRemoved(let id): [("token", id)]
        case .adminTokenIssued(let token): [("admin_token", "\(token.id)"), ("name", token.name)]
        case .adminTokenRemoved(let id): [("admin_token", "\(id)")]
        case .clientAdded(let client): [("client", client.id), ("name", client.name)]
        case .clientRemoved(let id): [("client", id)]
        case .roomCreated(let id), .roomConfigured(let id), .roomRemoved(let id): [("room", id)]
        case .memberSet(let user, let roomID), .memberRemoved(let user, let roomID):
            [("room", roomID), ("user", user)]
        }
    }
}
