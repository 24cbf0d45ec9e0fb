import HTTPTypes
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
        try await requireAdministrator(request.headers, client: context.client)
        try addresses.admit(.administration, from: context.client.network)
        var response: HubResponse
        switch method {
        case .get: response = try await look(endpoint, target)
        case .delete: response = try await remove(endpoint)
        default:
            let body = try await body(of: request, upTo: limits.adminBodyBytes, writer: writer)
            response = try await change(endpoint, body)
        }
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

    private func change(_ endpoint: AdminEndpoint, _ bytes: ByteBuffer) async throws -> HubResponse {
        switch endpoint {
        case .users:
            let body = try AdminBody(bytes, known: ["name"])
            return .json(JSONValue(try await store.addUser(named: body.string("name"))), status: .created)
        case .tokens:
            let body = try AdminBody(bytes, known: ["user", "scopes", "expires_in"])
            let token = try await store.issueToken(
                forUser: body.user("user"), scopes: body.strings("scopes"),
                lifetime: body.optionalSeconds("expires_in"))
            return .json(JSONValue(token), status: .created)
        case .rooms:
            let body = try AdminBody(bytes, known: ["config"])
            let roomID = try await store.createRoom(config: body.config() ?? .object([:]))
            return .json(JSONValue(try await store.room(roomID)), status: .created)
        case .room(let roomID):
            let body = try AdminBody(bytes, known: ["config"])
            guard let config = body.config() else { throw Failure(.badRequest, "config is missing") }
            try await store.setConfig(config, ofRoom: roomID)
            return .json(JSONValue(try await store.room(roomID)))
        case .member(let roomID, let user):
            let body = try AdminBody(bytes, known: ["config"])
            try await store.addMember(user, toRoom: roomID, config: body.config())
            return .json(JSONValue(try await store.room(roomID)))
        case .clients:
            let body = try AdminBody(bytes, known: ["name", "client_id", "confidential", "redirect_uris"])
            let new = try await store.addClient(
                named: body.string("name"), id: body.optionalString("client_id"),
                isConfidential: body.flag("confidential"), redirectURIs: body.optionalStrings("redirect_uris") ?? [])
            return .json(JSONValue(new.client, secret: new.secret), status: .created)
        case .adminTokens:
            let body = try AdminBody(bytes, known: ["name", "expires_in"])
            let issued = try await store.issueAdminToken(
                named: body.string("name"), lifetime: body.optionalSeconds("expires_in"))
            return .json(JSONValue(issued.token, secret: issued.accessToken), status: .created)
        case .user, .token, .client, .adminToken: throw Failure(.methodNotAllowed, "there is nothing to change")
        }
    }

    private func remove(_ endpoint: AdminEndpoint) async throws -> HubResponse {
        switch endpoint {
        case .user(let user): try await store.removeUser(user)
        case .token(let id): try await store.removeToken(id)
        case .room(let roomID): try await store.removeRoom(roomID)
        case .member(let roomID, let user): try await store.removeMember(user, fromRoom: roomID)
        case .client(let id): try await store.removeClient(id)
        case .adminToken(let id):
            guard let number = Int64(id) else {
                throw Failure(.notFound, "there is no token of the administration with the number \(id)")
            }
            try await store.removeAdminToken(number)
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
