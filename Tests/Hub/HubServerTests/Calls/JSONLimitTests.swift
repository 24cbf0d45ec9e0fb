import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// How deep and wide JSON from outside may be, and which text in it is taken.
@Suite(.timeLimit(.minutes(10)))
struct JSONLimitTests {
    private static func nested(_ depth: Int, _ open: String, _ close: String) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }

    @Test func bodies_thatAreTooDeep_areRefused() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let admin = try await hub.store.accounts.issueAdminToken(named: "test").accessToken
            let base = "/api/hub/v1/admin"
            let deep = Self.nested(400, #"{"a":"#, "}")
            for (path, body) in [
                ("\(base)/rooms", #"{"config":\#(deep)}"#), ("\(base)/users", #"{"name":\#(deep)}"#),
                ("\(base)/rooms", #"{"config":\#(Self.nested(17, #"{"a":"#, "}"))}"#),
                ("\(base)/rooms", #"{"config":{"a":[\#(String(repeating: "1,", count: 3000))1]}}"#),
            ] {
                let answer = try await hub.send(.POST, path, token: admin, body: body)
                #expect(answer.status == 400)
            }
            let good = #"{"config":\#(Self.nested(16, #"{"a":"#, "}"))}"#
            #expect(try await hub.send(.POST, "\(base)/rooms", token: admin, body: good).status == 201)
            let arrays = Self.nested(500, "[", "]")
            let reading = #"{"measured_at":\#(hub.now),"data":{"heart_rate":70},"x":\#(arrays)}"#
            #expect(try await hub.send(.POST, PulsoidPath.data, token: anna, body: reading).status == 400)
            let beats = #"{"beats":[],"x":\#(arrays)}"#
            #expect(
                try await hub.send(.POST, "/heart/oauth/users/1/beats", token: anna, body: beats).status == 400)
        }
    }

    @Test func text_thatMovesACursorOrTurnsADirection_isRefused_inNamesAndConfigurations() async throws {
        try await TestHub.run { hub in
            let admin = try await hub.store.accounts.issueAdminToken(named: "test").accessToken
            let base = "/api/hub/v1/admin"
            _ = try await hub.addUser("Anna")
            let roomID = try await hub.store.accounts.createRoom()
            let combining = "a" + String(repeating: "\\u0301", count: 5000)
            for bad in ["\\u001b[31m", "a\\u009b1m", "a\\u202eb", "a\\u200bb", "a\\nb", "a\\u2028b", combining, ""] {
                for path in ["users", "clients", "admin-tokens"] {
                    let answer = try await hub.send(
                        .POST, "\(base)/\(path)", token: admin, body: #"{"name":"\#(bad)"}"#)
                    #expect(answer.status == 400, "\(path): \(bad.prefix(20))")
                }
            }
            for bad in ["\\u001b[31m", "a\\u009b1m", "a\\u202eb", "a\\u200bb"] {
                for config in [#"{"name":"\#(bad)"}"#, #"{"\#(bad)":1}"#, #"{"a":[{"b":"\#(bad)"}]}"#] {
                    for path in ["rooms/\(roomID)", "rooms/\(roomID)/members/Anna"] {
                        let answer = try await hub.send(
                            .PUT, "\(base)/\(path)", token: admin, body: #"{"config":\#(config)}"#)
                        #expect(answer.status == 400, "\(path): \(config)")
                    }
                }
            }
            for good in ["Grüße", "日本", "Anna B. 2", "❤️"] {
                let answer = try await hub.send(.POST, "\(base)/users", token: admin, body: #"{"name":"\#(good)"}"#)
                #expect(answer.status == 201, "\(good)")
            }
            let lines = #"{"config":{"note":"one\ntwo\tthree"}}"#
            #expect(try await hub.send(.PUT, "\(base)/rooms/\(roomID)", token: admin, body: lines).status == 200)
        }
    }

    /// Names and configurations of older versions are cleaned wherever they are shown.
    @Test func text_ofOldDatabases_isCleaned() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let admin = try await hub.store.accounts.issueAdminToken(named: "test").accessToken
            _ = try await hub.store.oauth.addClient(named: "App", id: "app")
            let roomID = try await hub.store.accounts.createRoom()
            try await hub.store.accounts.addMember("Anna", toRoom: roomID)
            try await hub.store.database.write { db in
                try db.execute(#"UPDATE "user" SET name = ?1"#, "An\u{1B}[31mna\u{202E}")
                try db.execute("UPDATE client SET name = ?1 WHERE id = 'app'", "\u{9B}1mApp")
                try db.execute("UPDATE admin_token SET name = ?1", "te\nst")
                try db.execute("UPDATE room SET config = ?1", "{\"name\":\"G\u{202E}ym\"}")
            }
            #expect(try await hub.store.accounts.users().map(\.name) == ["An [31mna"])
            #expect(try await hub.store.oauth.clients().map(\.name).contains("1mApp"))
            #expect(try await hub.store.accounts.adminTokens().map(\.name) == ["te st"])
            try await hub.store.database.refreshDirectory()
            try await hub.write(70, at: hub.now, token: anna)
            try await hub.untilCommitsAreHeard()
            let rooms = try await hub.send(.GET, "/api/hub/v1/rooms", token: anna).body
            #expect(rooms.contains(#""name":"An [31mna""#))
            #expect(rooms.contains(#""config":{"name":"G ym"}"#))
            #expect(
                try await hub.send(.GET, "/metrics", token: admin).body.contains(#"user="An [31mna""#))
        }
    }
}
