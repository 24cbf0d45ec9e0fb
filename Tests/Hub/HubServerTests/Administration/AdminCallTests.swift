import FoundationEssentials
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// The administration over HTTP.
@Suite(.timeLimit(.minutes(10)))
struct AdminCallTests {
    private static let base = "/api/hub/v1/admin"

    /// A hub with a token of its administration.
    private struct Office {
        let hub: TestHub
        let token: String

        func call(_ method: HTTPMethod, _ path: String, _ body: String? = nil) async throws -> (Int, JSONValue) {
            let answer = try await hub.send(method, base + path, token: token, body: body)
            if answer.status == 204 { return (204, .null) }
            return (answer.status, try JSONDecoder().decode(JSONValue.self, from: Data(answer.body.utf8)))
        }
    }

    private static func withOffice(
        limits: HubLimits = HubLimits(), _ body: @escaping @Sendable (Office) async throws -> Void
    ) async throws {
        try await TestHub.run(limits: limits) { hub in
            try await body(Office(hub: hub, token: hub.store.accounts.issueAdminToken(named: "test").accessToken))
        }
    }

    @Test func user_isMade_given_aToken_andRemovedWithAllThatIsKept() async throws {
        try await Self.withOffice { office in
            let (made, user) = try await office.call(.POST, "/users", #"{"name":"Anna"}"#)
            #expect(made == 201)
            #expect(user["name"] == .string("Anna"))
            #expect(user["user_id"] == .integer(1))
            #expect(try await office.call(.GET, "/users").1 == .object(["users": .array([user])]))
            for name in ["1", "Anna", user["profile_id"]?.text ?? ""] {
                #expect(try await office.call(.GET, "/users/\(name)").1 == user)
            }
            let (issued, token) = try await office.call(
                .POST, "/tokens",
                #"{"user":1,"scopes":["data:heart_rate:write","data:heart_rate:read"],"expires_in":3600}"#)
            #expect(issued == 201)
            #expect(token["expires_at"] == .string("2026-01-01T01:00:00.000Z"))
            let secret = token["access_token"]?.text ?? ""
            // More than goes in one step.
            try await office.hub.store.database.write { db in
                for moment in 0..<1200 {
                    try db.execute(
                        "INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (1, ?1, 70)", moment)
                }
            }
            let counted = try await office.call(.GET, "/users/Anna?count=readings").1
            #expect(counted["readings"] == .integer(1200) && counted["name"] == .string("Anna"))
            let tokens = try await office.call(.GET, "/tokens?user=Anna").1["tokens"]
            guard case .array(let records)? = tokens else { throw Unexpected() }
            #expect(records.count == 1)
            #expect(records[0]["scopes"] == token["scopes"])
            #expect(records[0]["access_token"] == nil)
            try await RawConnection.open(port: office.hub.port) { socket in
                let opened = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(secret)")
                #expect(opened.status == 101)
                #expect(try await office.call(.DELETE, "/users/Anna").0 == 204)
                #expect(try await socket.readFrame().closeCode == 1008)
            }
            #expect(try await office.call(.GET, "/users/Anna").0 == 404)
            #expect(try await office.call(.DELETE, "/users/Anna").0 == 404)
            #expect(try await office.hub.rowCount("reading") == 0)
            #expect(try await office.hub.send(.GET, PulsoidPath.validateToken, token: secret).status == 401)
        }
    }

    @Test func token_whenRemoved_endsAtOnce() async throws {
        try await Self.withOffice { office in
            let anna = try await office.hub.addUser("Anna").accessToken
            guard case .array(let records)? = try await office.call(.GET, "/tokens").1["tokens"] else {
                throw Unexpected()
            }
            let id = records.first?["token_id"]?.text ?? ""
            #expect(id.count == 16)
            #expect(try await office.call(.DELETE, "/tokens/\(id)").0 == 204)
            #expect(try await office.call(.DELETE, "/tokens/\(id)").0 == 404)
            #expect(try await office.hub.send(.GET, PulsoidPath.validateToken, token: anna).status == 401)
        }
    }

    @Test func room_isMadeConfiguredFilledAndRemoved_andItsReadersAreTold() async throws {
        try await Self.withOffice { office in
            let anna = try await office.hub.addUser("Anna")
            _ = try await office.hub.addUser("Ben")
            let (made, room) = try await office.call(.POST, "/rooms", #"{"config":{"name":"Gym","deep_key":[1]}}"#)
            #expect(made == 201)
            let id = room["room_id"]?.text ?? ""
            #expect(room["config"]?["deep_key"] == .array([.integer(1)]))
            #expect(try await office.call(.PUT, "/rooms/\(id)/members/Anna", #"{"config":{"color":"red"}}"#).0 == 200)
            let path =
                PulsoidPath.roomRealTime(roomID: id)
                + "?kinds=room_updated,room_member_updated,room_member_removed&access_token=\(anna.accessToken)"
            try await RawConnection.open(port: office.hub.port) { socket in
                #expect(try await socket.upgrade(path).status == 101)
                #expect(try await office.call(.PUT, "/rooms/\(id)", #"{"config":{"name":"Pool"}}"#).0 == 200)
                #expect(try await socket.readFrame().text.contains(#""config":{"name":"Pool"}"#))
                let (status, withBen) = try await office.call(.PUT, "/rooms/\(id)/members/2")
                #expect(status == 200)
                guard case .array(let members)? = withBen["members"] else { throw Unexpected() }
                #expect(members.map { $0["name"] } == [.string("Anna"), .string("Ben")])
                #expect(members[0]["config"] == .object(["color": .string("red")]))
                #expect(try await socket.readFrame().text.contains(#""kind":"room_member_updated""#))
                #expect(try await office.call(.DELETE, "/rooms/\(id)/members/Ben").0 == 204)
                #expect(try await office.call(.DELETE, "/rooms/\(id)/members/Ben").0 == 404)
                #expect(try await socket.readFrame().text.contains(#""kind":"room_member_removed""#))
                #expect(try await office.call(.DELETE, "/rooms/\(id)").0 == 204)
                while try await socket.readFrame().closeCode != 1008 {}
            }
            #expect(try await office.call(.GET, "/rooms").1 == .object(["rooms": .array([])]))
            #expect(try await office.call(.GET, "/rooms/\(id)").0 == 404)
        }
    }

    @Test func clientsAndAdminTokens_areMadeListedAndRemoved() async throws {
        try await Self.withOffice { office in
            let (made, client) = try await office.call(
                .POST, "/clients", #"{"name":"App","client_id":"app-1","confidential":true}"#)
            #expect(made == 201)
            #expect(client["client_secret"]?.text?.count == 52)
            #expect(try await office.call(.POST, "/clients", #"{"name":"App","client_id":"app-1"}"#).0 == 409)
            guard case .array(let clients)? = try await office.call(.GET, "/clients").1["clients"] else {
                throw Unexpected()
            }
            #expect(clients.contains { $0["client_id"] == .string("app-1") && $0["client_secret"] == nil })
            #expect(try await office.call(.DELETE, "/clients/app-1").0 == 204)
            let (issued, token) = try await office.call(.POST, "/admin-tokens", #"{"name":"deputy","expires_in":60}"#)
            #expect(issued == 201)
            let secret = token["access_token"]?.text ?? ""
            #expect(try await office.hub.send(.GET, Self.base + "/users", token: secret).status == 200)
            let id = token["id"] == .integer(2) ? 2 : 0
            #expect(try await office.call(.DELETE, "/admin-tokens/\(id)").0 == 204)
            #expect(try await office.hub.send(.GET, Self.base + "/users", token: secret).status == 401)
        }
    }

    @Test(arguments: [
        (HTTPMethod.GET, "/users"), (.POST, "/users"), (.GET, "/users/1"), (.DELETE, "/users/1"), (.GET, "/tokens"),
        (.POST, "/tokens"), (.DELETE, "/tokens/x"), (.GET, "/rooms"), (.POST, "/rooms"), (.GET, "/rooms/r"),
        (.PUT, "/rooms/r"), (.DELETE, "/rooms/r"), (.PUT, "/rooms/r/members/1"), (.DELETE, "/rooms/r/members/1"),
        (.GET, "/clients"), (.POST, "/clients"), (.DELETE, "/clients/x"), (.GET, "/admin-tokens"),
        (.POST, "/admin-tokens"), (.DELETE, "/admin-tokens/1"),
    ])
    func call_withoutATokenOfTheAdministration_isRefused(method: HTTPMethod, path: String) async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let admin = try await hub.store.accounts.issueAdminToken(named: "test").accessToken
            let body = method == .GET || method == .DELETE ? nil : "{}"
            #expect(try await hub.send(method, Self.base + path, body: body).status == 401)
            #expect(try await hub.send(method, Self.base + path, token: "nonsense", body: body).status == 401)
            #expect(try await hub.send(method, Self.base + path, token: anna, body: body).status == 403)
            let inAddress = Self.base + path + "?access_token=\(admin)"
            #expect(try await hub.send(method, inAddress, body: body).status == 401)
            #expect(try await hub.send(.PATCH, Self.base + path, token: admin).status == 405)
            let preflight = try await hub.send(.OPTIONS, Self.base + path)
            #expect(preflight.status == 204)
            #expect(preflight.headers.first(name: "allow")?.contains(method.rawValue) == true)
        }
    }

    /// Typing errors of administrators: the call, a body, the status.
    private struct Case {
        let method: HTTPMethod
        let path: String
        let body: String
        let status: Int

        init(_ method: HTTPMethod, _ path: String, _ body: String = "", _ status: Int = 400) {
            (self.method, self.path, self.body, self.status) = (method, path, body, status)
        }
    }

    private static let users: [String] = [
        "", "null", "[]", "x", "{", "\u{0}", #""Anna""#, #"{"name":null}"#, #"{"name":5}"#, #"{"name":""}"#,
        #"{"nme":"Anna"}"#, #"{"name":"Anna","x":1}"#, #"{"name":"12"}"#, #"{"name":"a\nb"}"#,
    ]

    private static let tokens: [String] = [
        #"{}"#, #"{"user":"Anna"}"#, #"{"user":"Anna","scopes":[]}"#, #"{"user":"Anna","scopes":"profile:read"}"#,
        #"{"user":"Anna","scopes":[1]}"#, #"{"user":"Anna","scopes":["everything"]}"#,
        #"{"user":"Anna","scopes":["hub:admin"]}"#, #"{"user":true,"scopes":["profile:read"]}"#,
        #"{"user":"Anna","scopes":["profile:read"],"expires_in":0}"#,
        #"{"user":"Anna","scopes":["profile:read"],"expires_in":-1}"#,
        #"{"user":"Anna","scopes":["profile:read"],"expires_in":1.5}"#,
        #"{"user":"Anna","scopes":["profile:read"],"expires_in":"30d"}"#,
        #"{"user":"Anna","scopes":["profile:read"],"expires_in":9223372036854775807}"#,
        #"{"user":"Anna","scopes":["profile:read"],"expires-in":60}"#,
        #"{"user":"Anna","scopes":["profile:read"],"may_consent":"yes"}"#,
    ]

    private static let rooms: [String] = [
        #"{"config":[]}"#, #"{"config":5}"#, #"{"config":"x"}"#, #"{"name":"Gym"}"#,
    ]

    private static let clients: [String] = [
        #"{"name":"a","client_id":""}"#, #"{"name":"a","client_id":"a b"}"#, #"{"name":"a","confidential":"yes"}"#,
        #"{"client_id":"a"}"#,
    ]

    private static let missing: [Case] = [
        Case(.POST, "/tokens", #"{"user":"Ben","scopes":["profile:read"]}"#, 404),
        Case(.PUT, "/rooms/nowhere", #"{"config":{}}"#, 404), Case(.PUT, "/rooms/nowhere/members/Anna", "{}", 404),
        Case(.DELETE, "/admin-tokens/x", "", 404), Case(.DELETE, "/admin-tokens/99", "", 404),
        Case(.DELETE, "/users/", "", 404), Case(.GET, "/user", "", 404), Case(.GET, "/", "", 404),
        Case(.GET, "/rooms/a/members", "", 404), Case(.GET, "/users/%00", "", 404),
        Case(.GET, "/users/1%20OR%201=1", "", 404), Case(.GET, "/tokens?user=Ben", "", 404),
    ]

    private static let malformed: [Case] = {
        var cases = missing
        cases += users.map { Case(.POST, "/users", $0) }
        cases += tokens.map { Case(.POST, "/tokens", $0) }
        cases += rooms.map { Case(.POST, "/rooms", $0) }
        cases += clients.map { Case(.POST, "/clients", $0) }
        cases += ["{}", #"{"config":null}"#].map { Case(.PUT, "/rooms/nowhere", $0) }
        cases += ["{}", #"{"name":""}"#, #"{"name":"a\nb"}"#].map { Case(.POST, "/admin-tokens", $0) }
        return cases
    }()

    @Test func malformedCalls_areAnsweredWithJSON_andChangeNothing() async throws {
        try await Self.withOffice { office in
            _ = try await office.hub.addUser("Anna")
            for wrong in Self.malformed {
                let answer = try await office.hub.send(
                    wrong.method, Self.base + wrong.path, token: office.token,
                    body: wrong.body.isEmpty ? nil : wrong.body)
                #expect(answer.status == wrong.status, "\(wrong): \(answer.body)")
                #expect(answer.body.hasPrefix(#"{"error_code":""#))
            }
            #expect(try await office.call(.POST, "/users", #"{"name":"Anna"}"#).0 == 409)
            let large = #"{"config":{"a":"\#(String(repeating: "x", count: 17_000))"}}"#
            #expect(try await office.call(.POST, "/rooms", large).0 == 400)
            let larger = #"{"config":{"a":"\#(String(repeating: "x", count: 70_000))"}}"#
            #expect(try await office.call(.POST, "/rooms", larger).0 == 413)
            #expect(try await office.hub.rowCount("user") == 1)
            #expect(try await office.hub.rowCount("room") == 0)
            #expect(try await office.hub.rowCount("token") == 1)
            #expect(try await office.hub.rowCount("admin_token") == 1)
        }
    }

    private struct Unexpected: Error {}
}

extension JSONValue {
    fileprivate var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
