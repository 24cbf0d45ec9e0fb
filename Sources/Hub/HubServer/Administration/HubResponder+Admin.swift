import HTTPTypes
import HubStore
import HummingbirdCore
import NIOCore
import PulsoidAPI

extension HubResponder {
    /// Answers a call of the administration.
    func answer(
        _ endpoint: AdminEndpoint, _ request: Request, target: RequestTarget, context: RequestContext,
        writer: borrowing ResponseWriter
    ) async throws -> HubResponse {
        let method = request.method == .head ? .get : request.method
        guard endpoint.methods.contains(method) else {
            try addresses.admit(.page, from: context.client.network)
            if request.method == .options { return .preflight(allowing: endpoint.allowedMethods) }
            throw Failure(
                .methodNotAllowed, "use \(endpoint.methods.map(\.rawValue).joined(separator: " or "))",
                fields: [.allow: endpoint.allowedMethods])
        }
        let origin = SecurityOrigin(context, route: endpoint.route)
        try await requireAdministrator(request.headers, origin)
        try addresses.admit(.administration, from: context.client.network)
        var response: HubResponse
        var changes: [AdminChange] = []
        let administrator = method == .get ? nil : try await administrator(request.headers)
        switch method {
        case .get: response = try await look(endpoint, target)
        case .delete: response = try await remove(endpoint, &changes)
        default:
            let body = try await body(of: request, upTo: limits.adminBodyBytes, writer: writer)
            response = try await change(endpoint, body, by: administrator, &changes)
        }
        for change in changes { securityLog.changed(change, by: administrator, origin) }
        // There may be secrets in it.
        response.fields[.cacheControl] = "no-store"
        return response
    }

    private func look(_ endpoint: AdminEndpoint, _ target: RequestTarget) async throws -> HubResponse {
        switch endpoint {
        case .users: return .list("users", try await store.users().map(JSONValue.init))
        case .user(let user): return .json(JSONValue(try await store.user(user)))
        case .tokens:
            return .list("tokens", try await store.tokens(ofUser: target.query("user")).map(JSONValue.init))
        case .rooms: return .list("rooms", try await store.rooms().map(JSONValue.init))
        case .room(let roomID): return .json(JSONValue(try await store.room(roomID)))
        case .clients: return .list("clients", try await store.clients().map { JSONValue($0) })
        case .adminTokens: return .list("admin_tokens", try await store.adminTokens().map { JSONValue($0) })
        case .token, .member, .client, .adminToken: throw Failure(.methodNotAllowed, "there is nothing to see")
        }
    }

    /// Whose token came with a request; nil when it has just ended.
    private func administrator(_ fields: HTTPFields) async throws -> AdminToken? {
        try await store.adminToken(TokenHash(of: Credentials.accessToken(fields: fields, target: nil)))
    }

    private func change(
        _ endpoint: AdminEndpoint, _ bytes: ByteBuffer, by administrator: AdminToken?, _ changes: inout [AdminChange]
    ) async throws -> HubResponse {
        switch endpoint {
        case .users:
            let body = try AdminBody(bytes, known: ["name"])
            let user = try await store.addUser(named: body.string("name"))
            changes = [.userAdded(user)]
            return .json(JSONValue(user), status: .created)
        case .tokens: return try await issueToken(bytes, by: administrator, &changes)
        case .rooms:
            let body = try AdminBody(bytes, known: ["config"])
            let roomID = try await store.createRoom(config: body.config() ?? .object([:]))
            changes = [.roomCreated(id: roomID)]
            return .json(JSONValue(try await store.room(roomID)), status: .created)
        case .room(let roomID):
            let body = try AdminBody(bytes, known: ["config"])
            guard let config = body.config() else { throw Failure(.badRequest, "config is missing") }
            try await store.setConfig(config, ofRoom: roomID)
            changes = [.roomConfigured(id: roomID)]
            return .json(JSONValue(try await store.room(roomID)))
        case .member(let roomID, let user):
            let body = try AdminBody(bytes, known: ["config"])
            let member = try await store.addMember(user, toRoom: roomID, config: body.config())
            changes = [.memberSet(user: "\(member.id)", roomID: roomID)]
            return .json(JSONValue(try await store.room(roomID)))
        case .clients:
            let body = try AdminBody(bytes, known: ["name", "client_id", "confidential", "redirect_uris"])
            let new = try await store.addClient(
                named: body.string("name"), id: body.optionalString("client_id"),
                isConfidential: body.flag("confidential"), redirectURIs: body.optionalStrings("redirect_uris") ?? [])
            changes = [.clientAdded(new.client)]
            return .json(JSONValue(new.client, secret: new.secret), status: .created)
        case .adminTokens:
            let body = try AdminBody(bytes, known: ["name", "expires_in"])
            let issued = try await store.issueAdminToken(
                named: body.string("name"), lifetime: body.optionalSeconds("expires_in"), by: Self.named(administrator))
            changes = [.adminTokenIssued(issued.token)]
            return .json(JSONValue(issued.token, secret: issued.accessToken), status: .created)
        case .user, .token, .client, .adminToken: throw Failure(.methodNotAllowed, "there is nothing to change")
        }
    }

    private func issueToken(
        _ bytes: ByteBuffer, by administrator: AdminToken?, _ changes: inout [AdminChange]
    ) async throws -> HubResponse {
        let body = try AdminBody(bytes, known: ["user", "scopes", "expires_in", "may_consent"])
        let token = try await store.issueToken(
            forUser: body.user("user"), scopes: body.strings("scopes"), mayConsent: body.flag("may_consent"),
            lifetime: body.optionalSeconds("expires_in"), by: Self.named(administrator))
        changes = [.tokenIssued(token)]
        return .json(JSONValue(token), status: .created)
    }

    /// Numbers begin at 1: 0 is a token that has ended since the request was admitted.
    private static func named(_ administrator: AdminToken?) -> Administrator { .adminToken(administrator?.id ?? 0) }

    private func remove(_ endpoint: AdminEndpoint, _ changes: inout [AdminChange]) async throws -> HubResponse {
        switch endpoint {
        case .user(let user): changes = [.userRemoved(try await store.removeUser(user))]
        case .token(let id):
            try await store.removeToken(id)
            changes = [.tokenRemoved(id: id)]
        case .room(let roomID):
            try await store.removeRoom(roomID)
            changes = [.roomRemoved(id: roomID)]
        case .member(let roomID, let user):
            let member = try await store.removeMember(user, fromRoom: roomID)
            changes = [.memberRemoved(user: "\(member.id)", roomID: roomID)]
        case .client(let id):
            try await store.removeClient(id)
            changes = [.clientRemoved(id: id)]
        case .adminToken(let id):
            guard let number = Int64(id) else {
                throw Failure(.notFound, "there is no token of the administration with the number \(id)")
            }
            try await store.removeAdminToken(number)
            changes = [.adminTokenRemoved(id: number)]
        case .users, .tokens, .rooms, .clients, .adminTokens:
            throw Failure(.methodNotAllowed, "name what is to be removed")
        }
        return HubResponse(status: .noContent, fields: [:], body: ByteBuffer())
    }
}

extension HubResponse {
    fileprivate static func list(_ name: String, _ values: [JSONValue]) -> HubResponse {
        .json(JSONValue.object([name: .array(values)]))
    }
}
