import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// What one stranger can do to the hub and to its other clients, over real connections.
@Suite(.timeLimit(.minutes(10)))
struct StrangerTests {
    private static func get(_ path: String, token: String? = nil) -> String {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return "GET \(path) HTTP/1.1\r\nHost: h\r\n\(authorization)\r\n"
    }

    private static func few() -> HubLimits {
        var limits = HubLimits()
        limits.strangers = 4
        limits.strangersPerAddress = 3
        return limits
    }

    /// Opens connections one after the other, each while those before are open; then `body` runs.
    private static func withConnections(
        _ count: Int, port: Int, _ opened: @escaping @Sendable (inout RawConnection) async throws -> Void = { _ in },
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body() }
        try await RawConnection.open(port: port) { connection in
            try await opened(&connection)
            try await withConnections(count - 1, port: port, opened, body)
        }
    }

    /// Event loops take up connections in any order: an answer says that this one has its place.
    private static func beSeen(_ connection: inout RawConnection) async throws {
        try await connection.send(get("/x"))
        #expect(try await connection.readAnswer().status == 404)
    }

    @Test func newcomerWithAGoodToken_amongStrangersWhoHoldAllPlaces_isServed() async throws {
        try await TestHub.run(limits: Self.few()) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { first in
                try await Self.beSeen(&first)
                try await first.send("GET / HTTP/1.1\r\nHost: h\r\nX: half")
                try await Self.withConnections(2, port: hub.port, Self.beSeen) {
                    try await RawConnection.open(port: hub.port) { newcomer in
                        try await newcomer.send(Self.get(PulsoidPath.validateToken, token: anna))
                        #expect(try await newcomer.readAnswer().status == 200)
                    }
                }
                // The place was the oldest one's.
                #expect(try await first.isAtEnd())
            }
        }
    }

    @Test func connectedClients_keepTheirPlaces_howeverManyStrangersCome() async throws {
        try await TestHub.run(limits: Self.few()) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { uploader in
                try await uploader.send(Self.get(PulsoidPath.validateToken, token: anna))
                #expect(try await uploader.readAnswer().status == 200)
                try await RawConnection.open(port: hub.port) { reader in
                    #expect(try await reader.upgrade(PulsoidPath.realTime + "?access_token=\(anna)").status == 101)
                    try await reader.roundTrip()
                    for _ in 0..<5 {
                        try await Self.withConnections(6, port: hub.port, { try await $0.send("GET / HTTP/1.1\r\n") }) {
                        }
                    }
                    try await uploader.send(Self.get(PulsoidPath.validateToken, token: anna))
                    #expect(try await uploader.readAnswer().status == 200)
                    try await reader.roundTrip()
                }
            }
            let metrics = try await hub.send(
                .GET, "/metrics", token: try await hub.store.accounts.issueAdminToken(named: "p").accessToken)
            #expect(metrics.body.contains("strapline_hub_displaced_connections_total"))
        }
    }

    @Test func stream_beyondAllOfTheHub_is503_andOthersGoOn() async throws {
        var limits = HubLimits()
        limits.streams = 1
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let path = PulsoidPath.realTime + "?access_token=\(anna)"
            try await RawConnection.open(port: hub.port) { first in
                #expect(try await first.upgrade(path).status == 101)
                try await first.roundTrip()
                try await RawConnection.open(port: hub.port) { second in
                    let answer = try await second.upgrade(path)
                    #expect(answer.status == 503)
                    #expect(answer.headers["retry-after"] != nil)
                }
                try await first.roundTrip()
            }
        }
    }

    /// All at once, and with seconds to spare: on a busy machine a client may take a while from the connection to its
    /// first byte.
    @Test func halfHead_thatIsNotCompleteInTime_is408_andASilentConnectionIsClosed() async throws {
        var limits = HubLimits()
        limits.headSeconds = 15
        try await TestHub.run(limits: limits) { hub in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for half in ["G", "GET / HTTP/1.1\r\nHost: h\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r"] {
                    group.addTask {
                        try await RawConnection.open(port: hub.port) { connection in
                            try await connection.send(half)
                            #expect(try await connection.readAnswer().status == 408, "\(half.debugDescription)")
                            #expect(try await connection.isAtEnd())
                        }
                    }
                }
                group.addTask {
                    let isSilentOneClosed = try await RawConnection.open(port: hub.port) { try await $0.isAtEnd() }
                    #expect(isSilentOneClosed)
                }
                // The second head of a connection, as well.
                group.addTask {
                    try await RawConnection.open(port: hub.port) { connection in
                        try await connection.send(Self.get("/x") + "GET /x HT")
                        #expect(try await connection.readAnswer().status == 404)
                        #expect(try await connection.readAnswer().status == 408)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func headInAnyPieces_isTheSame() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let request = "\r\n\r\n" + Self.get(PulsoidPath.validateToken, token: anna)
            for pieceLength in [1, 2, 3, 7, 50] {
                try await RawConnection.open(port: hub.port) { connection in
                    var rest = Substring(request)
                    while !rest.isEmpty {
                        try await connection.send(String(rest.prefix(pieceLength)))
                        rest = rest.dropFirst(pieceLength)
                    }
                    #expect(try await connection.readAnswer().status == 200)
                }
            }
        }
    }

    @Test func requestsInARow_moreThanIsReadAtOnce_areAllAnsweredInOrder() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let count = 1000
            try await RawConnection.open(port: hub.port) { connection in
                let body = "response_mode"
                let requests = (0..<count).map { index in
                    switch index % 3 {
                    case 0: Self.get("/x\(index)")
                    case 1:
                        "POST /api/v1/data?access_token=\(anna) HTTP/1.1\r\nHost: h\r\n"
                            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    default:
                        "POST /api/v1/data?access_token=\(anna) HTTP/1.1\r\nHost: h\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n"
                    }
                }
                try await connection.send(requests.joined())
                for index in 0..<count {
                    let answer = try await connection.readAnswer()
                    #expect(answer.status == (index % 3 == 0 ? 404 : 400), "\(index)")
                }
            }
        }
    }

    /// A client may close its side and still read.
    @Test func requestsInARow_beforeTheEndOfTheInput_areAllAnswered() async throws {
        try await TestHub.run { hub in
            try await RawConnection.open(port: hub.port) { connection in
                try await connection.send(String(repeating: Self.get("/x"), count: 100))
                connection.finish()
                for _ in 0..<100 { #expect(try await connection.readAnswer().status == 404) }
                #expect(try await connection.isAtEnd())
            }
        }
    }

    @Test func bodyBehindAnEarlyAnswer_isReadWhenItIsShort_andEndsTheConnectionWhenItIsLong() async throws {
        try await TestHub.run { hub in
            try await RawConnection.open(port: hub.port) { connection in
                try await connection.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n")
                #expect(try await connection.readAnswer().headers["connection"] == nil)
                try await connection.send("0123456789" + Self.get("/y"))
                #expect(try await connection.readAnswer().status == 404)
            }
            for framing in ["Content-Length: 10000000000", "Transfer-Encoding: chunked"] {
                try await RawConnection.open(port: hub.port) { connection in
                    try await connection.send("POST /x HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\r\n")
                    let answer = try await connection.readAnswer()
                    #expect(answer.status == 404)
                    #expect(answer.headers["connection"] == "close")
                    #expect(try await connection.isAtEnd())
                }
            }
        }
    }

    @Test func largeBodies_takeNoMoreThanTheirBudget_andGiveItBack() async throws {
        var limits = HubLimits()
        limits.bodyBytesInFlight = 50_000
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            func post(_ bytes: Int, _ connection: inout RawConnection) async throws -> RawConnection.Answer {
                try await connection.send(
                    "POST /heart/oauth/users/1/beats?access_token=\(anna) HTTP/1.1\r\nHost: h\r\n"
                        + "Content-Length: \(bytes)\r\n\r\n" + String(repeating: " ", count: bytes))
                return try await connection.readAnswer()
            }
            try await RawConnection.open(port: hub.port) { connection in
                let answer = try await post(120_000, &connection)
                #expect(answer.status == 503)
                #expect(answer.headers["retry-after"] == "5")
            }
            // Each takes nearly all of it, and gives it back once it is answered.
            try await RawConnection.open(port: hub.port) { connection in
                for _ in 0..<5 {
                    let answer = try await post(60_000, &connection)
                    #expect(answer.status == 400)
                }
            }
            let last = try await RawConnection.open(port: hub.port) { try await post(60_000, &$0) }
            #expect(last.status == 400)
            #expect(try await hub.write(70, at: hub.now, token: anna).status == 200)
        }
    }

    @Test func largeAnswers_takeNoMoreThanTheirBudget() async throws {
        var limits = HubLimits()
        limits.answerBytesInFlight = 10
        limits.freeAnswerBytes = 20
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: anna).status == 503)
            // The same for all, and in memory once.
            #expect(try await hub.send(.GET, "/openapi.json").status == 200)
        }
    }

    @Test func reader_thatFallsBehindWhenTheBudgetIsLent_isDropped_andOthersGoOn() async throws {
        var limits = HubLimits()
        limits.streamBufferBytesOfAll = 0
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let path = PulsoidPath.realTime + "?access_token=\(anna)"
            try await RawConnection.open(port: hub.port) { reader in
                _ = try await reader.upgrade(path)
                try await reader.roundTrip()
                try await RawConnection.open(port: hub.port, receiveBufferBytes: 2048) { sleeper in
                    _ = try await sleeper.upgrade(path)
                    try await sleeper.roundTrip()
                    var hasDropped = false
                    var moment = hub.now - 1_000_000
                    while !hasDropped {
                        for _ in 0..<50 {
                            moment += 1
                            try await hub.store.readings.append(
                                StoredReading(userID: 1, measuredAtMilliseconds: moment, heartRate: 70))
                            #expect(try await reader.readFrame().opcode == 1)
                        }
                        let metrics = try await hub.send(
                            .GET, "/metrics",
                            token: try await hub.store.accounts.issueAdminToken(named: "\(moment)").accessToken
                        )
                        hasDropped = metrics.body.contains(#"dropped_readers_total{reason="too_slow"} 1"#)
                    }
                }
            }
        }
    }
}
