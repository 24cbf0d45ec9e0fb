import HubAPI
import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// Tokens: where they are carried, what they are good for, when they end.
@Suite(.timeLimit(.minutes(10)))
struct HubAccessTests {
    private static let calls: [(HTTPMethod, String, scope: String)] = [
        (.POST, "/api/v1/data", "data:heart_rate:write"),
        (.GET, "/api/v1/data/heart_rate/latest", "data:heart_rate:read"),
        (.GET, "/api/v1/data/real_time", "data:heart_rate:read"),
        (.GET, "/api/v2/data/rooms/r/real_time", "data:room:read"),
    ]

    @Test func everyCall_refusesBadTokensWithPulsoidsCodes() async throws {
        try await TestHub.run { hub in
            let ended = try await hub.addUser("Old", lifetime: .seconds(1)).accessToken
            hub.time.advance(milliseconds: 1000)
            for (method, path, scope) in Self.calls {
                let others = HubScope.all.filter { $0 != scope }
                let poor = try await hub.addUser("\(method)\(path)", scopes: others).accessToken
                func code(_ headers: HTTPHeaders) async throws -> String {
                    let answer = try await hub.send(method, path, headers: headers, body: method == .POST ? "{}" : nil)
                    #expect(answer.status == 401)
                    #expect(answer.headers["www-authenticate"] == ["Bearer"])
                    return String(answer.body.dropFirst(15).prefix(4))
                }
                #expect(try await code([:]) == "7009")
                #expect(try await code(["Authorization": "Basic QTpC"]) == "7010")
                #expect(try await code(["Authorization": "Bearer"]) == "7010")
                #expect(try await code(["Authorization": "Bearer 8c4da3ce-7ed7-4a19-a1f1-058498661e45"]) == "7005")
                #expect(try await code(["Authorization": "Bearer \(ended)"]) == "7006")
                #expect(try await code(["Authorization": "Bearer \(poor)"]) == "7008")
            }
        }
    }

    @Test func token_isTakenFromEitherHeaderAndFromTheQuery() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let path = PulsoidPath.validateToken
            #expect(try await hub.send(.GET, path, headers: ["Authorization": "Bearer \(anna)"]).status == 200)
            #expect(try await hub.send(.GET, path, headers: ["authorization": "bearer  \(anna)"]).status == 200)
            #expect(try await hub.send(.GET, path, headers: ["Authentication": "Bearer \(anna)"]).status == 200)
            #expect(try await hub.send(.GET, path + "?access_token=\(anna)").status == 200)
            #expect(try await hub.send(.GET, path + "?x=1&access%5Ftoken=\(anna)&y").status == 200)
            // A proxy's own password beside it.
            let both = try await hub.send(
                .GET, path + "?access_token=\(anna)", headers: ["Authorization": "Basic QTpC"])
            #expect(both.status == 200)
        }
    }

    /// As a page in a browser opens it: no other header of a WebSocket is a page's to set.
    @Test func token_ofAWebSocket_isTakenFromItsSubprotocols_andOnlyTheNameComesBack() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let roomID = try await hub.store.accounts.createRoom()
            try await hub.store.accounts.addMember("Anna", toRoom: roomID)
            func upgrade(_ path: String, _ protocols: String) async throws -> RawConnection.Answer {
                try await RawConnection.open(port: hub.port) { socket in
                    try await socket.upgrade(path, headers: ["Sec-WebSocket-Protocol: \(protocols)"])
                }
            }
            for path in [PulsoidPath.realTime, PulsoidPath.roomRealTime(roomID: roomID)] {
                for protocols in [
                    "strapline.token, \(anna.accessToken)", "strapline.token,\(anna.accessToken)",
                    "chat, strapline.token,\t\(anna.accessToken) ",
                ] {
                    let answer = try await upgrade(path, protocols)
                    #expect(answer.status == 101, "\(protocols)")
                    #expect(answer.headers["sec-websocket-protocol"] == "strapline.token")
                }
                for protocols in [
                    "strapline.token", "strapline.token, nonsense", anna.accessToken,
                    "\(anna.accessToken), strapline.token",
                    "Strapline.Token, \(anna.accessToken)",
                ] {
                    #expect(try await upgrade(path, protocols).status == 401, "\(protocols)")
                }
                let inAddress = try await upgrade(path + "?access_token=\(anna.accessToken)", "chat")
                #expect(inAddress.status == 101)
                #expect(inAddress.headers["sec-websocket-protocol"] == nil)
            }
            // It opens a stream and nothing else.
            let plain = try await hub.send(
                .GET, PulsoidPath.validateToken,
                headers: ["Sec-WebSocket-Protocol": "strapline.token, \(anna.accessToken)"])
            #expect(plain.status == 401)
        }
    }

    @Test func tokenOfAnotherProcess_countsAtOnce() async throws {
        try await TestHub.run { hub in
            // A store of its own on the same file is what another process has. The hub's clock stands, so it does not
            // poll.
            let other = try await hub.openAnother()
            let user = try await other.accounts.addUser(named: "Anna")
            let token = try await other.accounts.issueToken(forUser: "Anna", scopes: ["data:heart_rate:read"])
            #expect(token.user == user)
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: token.accessToken).status == 200)
            try other.close()
        }
    }
}
