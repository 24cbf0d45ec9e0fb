import HTTPTypes
import HubStore
import NIOCore
import PulsoidAPI
import QRCodes

/// An admitted request of the administration.
struct AdministrationRequest: Sendable {
    let target: RequestTarget
    /// The variable parts of the path, in order.
    let parameters: [String]
    let body: ByteBuffer
    /// The caller; nil for `GET`, and if the token has just ended.
    let administrator: AdminToken?

    /// The issuer for lists and logs. Numbers begin at 1: 0 is a token that ended after the request was admitted.
    var issuer: Administrator { .adminToken(administrator?.id ?? 0) }
}

/// The answer to a request of the administration.
struct AdministrationResponse: Sendable {
    let response: HubResponse
    /// For the security log; nil if nothing was changed.
    var change: AdminChange?

    fileprivate static func list(_ name: String, _ values: [JSONValue]) -> AdministrationResponse {
        AdministrationResponse(response: .json(JSONValue.object([name: .array(values)])))
    }

    fileprivate static func created(_ value: JSONValue, _ change: AdminChange) -> AdministrationResponse {
        AdministrationResponse(response: .json(value, status: .created), change: change)
    }

    fileprivate static func removed(_ change: AdminChange) -> AdministrationResponse {
        AdministrationResponse(
            response: HubResponse(status: .noContent, fields: [:], body: ByteBuffer()), change: change)
    }
}

/// The calls of the administration, below `/api/hub/v1/admin`.
struct AdministrationCalls: Sendable {
    let store: HubStore

    // MARK: Users and tokens

    func users(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        .list("users", try await store.accounts.users().map(JSONValue.init))
    }

    /// With `?count=readings` also how many readings the user has: reading them all takes a while.
    func user(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let user = try await store.accounts.user(request.parameters[0])
        let isCounted = request.target.query("count") == "readings"
        let count = isCounted ? try await store.readings.count(ofUser: user.id) : nil
        return AdministrationResponse(response: .json(JSONValue(user, readings: count)))
    }

    func addUser(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let body = try AdminBody(request.body, known: ["name"])
        let user = try await store.accounts.addUser(named: body.string("name"))
        return .created(JSONValue(user), .userAdded(user))
    }

    func removeUser(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        .removed(.userRemoved(try await store.accounts.removeUser(request.parameters[0])))
    }

    func tokens(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let tokens = try await store.accounts.tokens(ofUser: request.target.query("user"))
        return .list("tokens", tokens.map(JSONValue.init))
    }

    func issueToken(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let body = try AdminBody(request.body, known: ["user", "scopes", "label", "expires_in", "may_consent"])
        let token = try await store.accounts.issueToken(
            forUser: body.user("user"), scopes: body.strings("scopes"), label: body.optionalString("label"),
            mayConsent: body.flag("may_consent"), lifetime: body.optionalSeconds("expires_in"), by: request.issuer)
        return .created(JSONValue(token), .tokenIssued(token))
    }

    func removeToken(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        try await store.accounts.removeToken(request.parameters[0])
        return .removed(.tokenRemoved(id: request.parameters[0]))
    }

    // MARK: Rooms

    func rooms(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        .list("rooms", try await store.accounts.rooms().map(JSONValue.init))
    }

    func room(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        AdministrationResponse(response: try await roomResponse(request.parameters[0]))
    }

    func createRoom(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let body = try AdminBody(request.body, known: ["config"])
        let roomID = try await store.accounts.createRoom(config: body.config() ?? .object([:]))
        return .created(JSONValue(try await store.accounts.room(roomID)), .roomCreated(id: roomID))
    }

    func configureRoom(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let body = try AdminBody(request.body, known: ["config"])
        guard let config = body.config() else { throw HubHTTPError(.badRequest, "config is missing") }
        let room = try await store.accounts.setConfig(config, ofRoom: request.parameters[0])
        return AdministrationResponse(response: try await roomResponse(room.id), change: .roomConfigured(id: room.id))
    }

    func removeRoom(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        .removed(.roomRemoved(id: try await store.accounts.removeRoom(request.parameters[0]).id))
    }

    func setMember(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let body = try AdminBody(request.body, known: ["config"])
        let member = try await store.accounts.addMember(
            request.parameters[1], toRoom: request.parameters[0], config: body.config())
        return AdministrationResponse(
            response: try await roomResponse(member.room.id),
            change: .memberSet(user: "\(member.user.id)", roomID: member.room.id))
    }

    func removeMember(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let member = try await store.accounts.removeMember(request.parameters[1], fromRoom: request.parameters[0])
        return .removed(.memberRemoved(user: "\(member.user.id)", roomID: member.room.id))
    }

    private func roomResponse(_ roomID: String) async throws -> HubResponse {
        .json(JSONValue(try await store.accounts.room(roomID)))
    }

    // MARK: QR codes

    /// A text as a QR code, for the page of the administration. Nothing is kept.
    func qrCode(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let body = try AdminBody(request.body, known: ["text"])
        guard let code = QRCode(try body.string("text")) else {
            throw HubHTTPError(.badRequest, "text must be 1 to some 2000 characters")
        }
        let rows = (0..<code.columns).map { row in
            String((0..<code.columns).map { code.isDark(row: row, column: $0) ? "1" : "0" })
        }
        return AdministrationResponse(
            response: .json(JSONValue.object(["rows": .array(rows.map(JSONValue.string))])))
    }

    // MARK: Clients and tokens of the administration

    func clients(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        .list("clients", try await store.oauth.clients().map { JSONValue($0) })
    }

    func addClient(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let body = try AdminBody(request.body, known: ["name", "client_id", "confidential", "redirect_uris"])
        let new = try await store.oauth.addClient(
            named: body.string("name"), id: body.optionalString("client_id"),
            isConfidential: body.flag("confidential"), redirectURIs: body.optionalStrings("redirect_uris") ?? [])
        return .created(JSONValue(new.client, secret: new.secret), .clientAdded(new.client))
    }

    func removeClient(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        try await store.oauth.removeClient(request.parameters[0])
        return .removed(.clientRemoved(id: request.parameters[0]))
    }

    func adminTokens(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        .list("admin_tokens", try await store.accounts.adminTokens().map { JSONValue($0) })
    }

    func issueAdminToken(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        let body = try AdminBody(request.body, known: ["name", "expires_in"])
        let issued = try await store.accounts.issueAdminToken(
            named: body.string("name"), lifetime: body.optionalSeconds("expires_in"), by: request.issuer)
        return .created(JSONValue(issued.token, secret: issued.accessToken), .adminTokenIssued(issued.token))
    }

    func removeAdminToken(_ request: AdministrationRequest) async throws -> AdministrationResponse {
        guard let number = Int64(request.parameters[0]) else {
            throw HubHTTPError(
                .notFound, "there is no token of the administration with the number \(request.parameters[0])")
        }
        try await store.accounts.removeAdminToken(number)
        return .removed(.adminTokenRemoved(id: number))
    }
}
