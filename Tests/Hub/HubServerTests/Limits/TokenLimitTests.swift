import CardiogramAPI
import HubAPI
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// What one token, and one user, may take of the hub at once.
@Suite(.timeLimit(.minutes(10)))
struct TokenLimitTests {
    private static let beats = "/heart/oauth/users/1/beats"

    /// Opens so many streams one within another, and then asks for one more.
    private static func oneMore(
        _ hub: TestHub, than tokens: [String], _ last: String
    ) async throws -> RawConnection.Answer {
        guard let token = tokens.first else {
            return try await RawConnection.open(port: hub.port) { socket in
                try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(last)")
            }
        }
        return try await RawConnection.open(port: hub.port) { socket in
            #expect(try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(token)").status == 101)
            let answer = try await oneMore(hub, than: Array(tokens.dropFirst()), last)
            // Says goodbye, so that the hub has noticed when the next one is opened.
            try await socket.sendFrame(opcode: 0x8)
            #expect(try await socket.readFrame().opcode == 0x8)
            return answer
        }
    }

    @Test func streams_ofOneToken_areTen_andEndedOnesDoNotCount() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let ben = try await hub.addUser("Ben").accessToken
            let ten = Array(repeating: anna, count: 10)
            for _ in 0..<2 {
                let refused = try await Self.oneMore(hub, than: ten, anna)
                #expect(refused.status == 429)
                #expect(refused.headers["retry-after"] == "10")
                #expect(
                    refused.body
                        == #"{"error_code":"429","error_message":"at most 10 open streams with one token"}"#)
                #expect(try await Self.oneMore(hub, than: ten, ben).status == 101)
            }
        }
    }

    @Test func streams_ofOneUser_areBounded_withAnyNumberOfTokens() async throws {
        var limits = HubLimits()
        limits.streamsPerUser = 3
        try await TestHub.run(limits: limits) { hub in
            var tokens = [try await hub.addUser("Anna").accessToken]
            for _ in 0..<3 {
                tokens.append(
                    try await hub.store.accounts.issueToken(forUser: "Anna", scopes: HubScope.all).accessToken)
            }
            let refused = try await Self.oneMore(hub, than: Array(tokens.prefix(3)), tokens[3])
            #expect(refused.status == 429)
            #expect(refused.body.contains("at most 3 open streams of one user"))
        }
    }

    /// Begins so many bodies that do not end, one connection within another, and then runs `body`.
    private static func whileSending(
        _ count: Int, _ hub: TestHub, _ token: String, _ body: () async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body() }
        try await RawConnection.open(port: hub.port) { connection in
            try await connection.send(
                "POST \(beats) HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n")
            #expect(try await connection.readAnswer().status == 100)
            try await whileSending(count - 1, hub, token, body)
        }
    }

    @Test func bodies_ofOneToken_areFour_andTheFifthIsNotAskedFor() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let ben = try await hub.addUser("Ben").accessToken
            try await Self.whileSending(4, hub, anna) {
                for path in [Self.beats, PulsoidPath.data] {
                    try await RawConnection.open(port: hub.port) { connection in
                        try await connection.send(
                            "POST \(path) HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(anna)\r\n"
                                + "Expect: 100-continue\r\nContent-Length: 60\r\n\r\n")
                        let answer = try await connection.readAnswer()
                        #expect(answer.status == 429)
                        #expect(answer.headers["retry-after"] == "1")
                    }
                }
                #expect(try await hub.write(70, at: hub.now, token: ben).status == 200)
                #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: anna).status == 200)
            }
        }
    }

    /// Writes so many readings one after the other, and returns the statuses. Each request is sent in one piece:
    /// `HTTPClient` sends a body after its head, and it may be missing for longer than the hub waits.
    private static func write(
        _ count: Int64, before end: Int64, _ hub: TestHub, _ token: String
    ) async throws -> Set<Int> {
        try await RawConnection.open(port: hub.port) { connection in
            var statuses: Set<Int> = []
            for index in 1...count {
                let body = HeartRateMessage(measuredAtMilliseconds: end - index, heartRate: 70).text()
                try await connection.send(
                    "POST \(PulsoidPath.data) HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                statuses.insert(try await connection.readAnswer().status)
            }
            return statuses
        }
    }

    /// Many small writes at once are no bodies that do not end.
    @Test func writes_atTheSameTime_areAllTaken() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let statuses = try await withThrowingTaskGroup(of: Set<Int>.self) { group in
                for writer in 0..<10 as Range<Int64> {
                    group.addTask { try await Self.write(10, before: hub.now - writer * 10, hub, anna) }
                }
                return try await group.reduce(into: Set<Int>()) { $0.formUnion($1) }
            }
            #expect(statuses == [200])
            #expect(try await hub.rowCount("reading") == 100)
        }
    }

    @Test func beats_datedAhead_areRefused_withoutAny() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let second = hub.now / 1000
            for (start, end, status) in [
                (second + 300, second + 300, 200), (second + 301, second + 301, 400), (second, second + 301, 400),
                (90_000_000_000, 90_000_000_000, 400),
            ] {
                let body =
                    #"{"beats":[{"start":\#(second),"end":\#(second),"value":60},"#
                    + #"{"start":\#(start),"end":\#(end),"value":61}]}"#
                let answer = try await hub.send(.POST, Self.beats, token: anna, body: body)
                #expect(answer.status == status, "\(start) to \(end)")
                if status == 400 {
                    #expect(
                        answer.body == #"{"message":"a beat is in the future; start and end must be "#
                            + #"Unix timestamps in seconds"}"#
                    )
                }
            }
            #expect(try await hub.rowCount("beat") == 2)
        }
    }

    @Test func rows_ofOneUserInADay_areBounded_throughBothCalls() async throws {
        var limits = HubLimits()
        limits.rowsPerUserAndDay = 10
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let ben = try await hub.addUser("Ben").accessToken
            let second = hub.now / 1000
            let eight = (0..<8 as Range<Int64>).map { #"{"start":\#(second - $0),"end":\#(second - $0),"value":60}"# }
            let body = #"{"beats":[\#(eight.joined(separator: ","))]}"#
            #expect(try await hub.send(.POST, Self.beats, token: anna, body: body).status == 200)
            for index in 0..<2 {
                #expect(try await hub.write(70, at: hub.now + Int64(index), token: anna).status == 200)
            }
            let refused = try await hub.write(70, at: hub.now + 2, token: anna)
            #expect(refused.status == 429)
            // A tenth of a day.
            #expect(refused.headers["retry-after"] == ["8640"])
            #expect(try await hub.send(.POST, Self.beats, token: anna, body: body).status == 429)
            #expect(try await hub.write(70, at: hub.now, token: ben).status == 200)
            hub.time.advance(milliseconds: 8_640_000)
            #expect(try await hub.write(70, at: hub.now, token: anna).status == 200)
        }
    }
}
