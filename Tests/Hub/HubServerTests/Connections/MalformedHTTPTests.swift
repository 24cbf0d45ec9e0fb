import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// Requests of broken or hostile clients, and their answers. After each the hub must work as before.
@Suite(.timeLimit(.minutes(10)))
struct MalformedHTTPTests {
    struct Case: CustomTestStringConvertible {
        let request: String
        let status: Int

        init(_ request: String, _ status: Int) {
            self.request = request
            self.status = status
        }

        var testDescription: String { "\(status): \(request.prefix(60).debugDescription)" }
    }

    private static let validate = "/api/v1/token/validate"

    static let cases: [Case] =
        [
            // Request lines.
            Case("\u{0}\u{0}\u{0}\u{0}\r\n\r\n", 400),
            Case("hello\r\n\r\n", 400),
            Case("GET\r\n\r\n", 400),
            Case("GET \(validate)\r\n\r\n", 400),
            Case("GET \(validate) HTTP/9.9\r\nHost: h\r\n\r\n", 400),
            Case("GET \(validate) HTTP/2.0\r\nHost: h\r\n\r\n", 400),
            Case("GET \(validate) HTTQ/1.1\r\nHost: h\r\n\r\n", 400),
            Case("G@T \(validate) HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("NONSENSE \(validate) HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("get \(validate) HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("GET  HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("GET /\u{1}x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("GET /% HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("GET /api/v1/data/%ff HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("GET /../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n", 404),
            Case("GET //\(validate) HTTP/1.1\r\nHost: h\r\n\r\n", 404),
            Case("GET http://h\(validate) HTTP/1.1\r\nHost: h\r\n\r\n", 401),
            Case("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("TRACE \(validate) HTTP/1.1\r\nHost: h\r\n\r\n", 405),
            Case("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
            // Headers.
            Case("GET \(validate) HTTP/1.1\r\n\r\n", 400),
            Case("GET \(validate) HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            Case("GET \(validate) HTTP/1.0\r\n\r\n", 401),
            Case("GET \(validate) HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", 400),
            Case("GET \(validate) HTTP/1.1\r\nHost: h\r\n: empty\r\n\r\n", 400),
            Case("GET \(validate) HTTP/1.1\r\nHost: h\r\na b: c\r\n\r\n", 400),
            Case("GET \(validate) HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n", 400),
            Case("GET \(validate) HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\n\r\n", 400),
            Case("GET \(validate) HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 17_000))\r\n\r\n", 431),
            Case(
                "GET \(validate) HTTP/1.1\r\nHost: h\r\n"
                    + (0..<200).map { "X\($0): y\r\n" }.joined() + "\r\n", 431),
            Case("GET /\(String(repeating: "x", count: 40_000)) HTTP/1.1\r\nHost: h\r\n\r\n", 431),
            // Bodies.
            Case("POST /api/v1/data HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400),
            Case("POST /api/v1/data HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", 400),
            Case("POST /api/v1/data HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
            Case("POST /api/v1/data HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n{}", 400),
            Case(
                "POST /api/v1/data HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                400),
            Case("POST /api/v1/data HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n{}", 400),
            Case(
                "POST /api/v1/data?access_token=T HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                400),
            Case("POST /api/v1/data?access_token=T HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n", 413),
            Case(
                "POST /api/v1/data?access_token=T HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1388\r\n\(String(repeating: " ", count: 5000))\r\n0\r\n\r\n", 413),
            Case("POST /api/v1/data?access_token=T HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 400),
            Case("POST /api/v1/data?access_token=T HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            Case("POST /api/v1/data?access_token=T HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n\u{0}\u{0}", 400),
            // Upgrades.
            Case("GET /api/v1/data/real_time?access_token=T HTTP/1.1\r\nHost: h\r\n\r\n", 426),
            upgrade(["Upgrade: websocket"], 426),
            upgrade(["Connection: upgrade", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"], 426),
            upgrade(["Connection: upgrade", "Upgrade: websocket"], 426),
            upgrade(["Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8"], 426),
            upgrade(["Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"], 400),
            upgrade(
                ["Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: short"],
                400),
            upgrade(
                [
                    "Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: \(RawConnection.key)", "Content-Length: 2",
                ], 426, body: "{}"),
            Case(
                "POST /api/v1/data HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                    + "Content-Length: 2\r\n\r\n{}", 426),
            // Without waiting for the end of a body that has none.
            upgrade(["Connection: upgrade", "Upgrade: websocket", "Transfer-Encoding: chunked"], 426, body: "5\r\nab"),
            Case("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n", 413),
            Case("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775808\r\n\r\n", 413),
            Case(
                "POST /oauth2/token HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1;\(String(repeating: "x", count: 40_000))", 413),
            Case(
                "POST /oauth2/token HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\nx\r\n0\r\n" + (0..<30).map { "T\($0): \(String(repeating: "x", count: 700))\r\n" }.joined(),
                431),
        ]

    private static func upgrade(_ headers: [String], _ status: Int, body: String = "") -> Case {
        Case(
            "GET /api/v1/data/real_time?access_token=T HTTP/1.1\r\nHost: h\r\n"
                + headers.map { $0 + "\r\n" }.joined() + "\r\n" + body, status)
    }

    @Test(arguments: cases) func malformedRequest_isAnsweredWithJSON(_ malformed: Case) async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            let answer = try await RawConnection.open(port: hub.port) { connection in
                try await connection.send(malformed.request.replacing("access_token=T", with: "access_token=\(token)"))
                return try await connection.readAnswer()
            }
            #expect(answer.status == malformed.status)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.body.hasPrefix(#"{"error_code":""#))
            #expect(try await hub.send(.GET, Self.validate, token: token).status == 200)
        }
    }

    @Test func connectionThatEndsAnywhere_harmsNobody() async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            let request =
                "POST /api/v1/data?access_token=\(token) HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{\"measured"
            for length in stride(from: 0, to: request.count, by: 7) {
                try await RawConnection.open(port: hub.port) { connection in
                    try await connection.send(String(request.prefix(length)))
                    connection.finish()
                    if length == 0 { _ = try await connection.isAtEnd() }
                }
            }
            #expect(try await hub.send(.GET, Self.validate, token: token).status == 200)
        }
    }

    @Test func requestsInARow_areAnsweredInOrder() async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { connection in
                let get = "GET /api/v1/data/heart_rate/latest?access_token=\(token) HTTP/1.1\r\nHost: h\r\n\r\n"
                let body = HeartRateMessage(measuredAtMilliseconds: hub.now, heartRate: 70).text()
                let post =
                    "POST /api/v1/data?access_token=\(token) HTTP/1.1\r\nHost: h\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                try await connection.send(get + post + get + "nonsense\r\n\r\n")
                for status in [412, 200, 200, 400] {
                    let answer = try await connection.readAnswer()
                    #expect(answer.status == status)
                }
                #expect(try await connection.isAtEnd())
            }
        }
    }

    @Test func connection_isKeptUnlessItMayNotBe() async throws {
        try await TestHub.run { hub in
            for (request, isKept) in [
                ("GET /x HTTP/1.1\r\nHost: h\r\n\r\n", true), ("GET /x HTTP/1.0\r\n\r\n", false),
                ("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false),
                ("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true),
                ("GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", false),
            ] {
                try await RawConnection.open(port: hub.port) { connection in
                    try await connection.send(request)
                    let first = try await connection.readAnswer()
                    #expect((first.headers["connection"] == "close") == !isKept, "\(request.debugDescription)")
                    if isKept {
                        try await connection.send(request)
                        let second = try await connection.readAnswer()
                        #expect(second.status == 404)
                    } else {
                        #expect(try await connection.isAtEnd())
                    }
                }
            }
        }
    }

    @Test func clientThatWaitsForLeave_isToldToGoOn() async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { connection in
                let body = HeartRateMessage(measuredAtMilliseconds: hub.now, heartRate: 70).text()
                try await connection.send(
                    "POST /api/v1/data?access_token=\(token) HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n")
                let leave = try await connection.readAnswer()
                #expect(leave.status == 100)
                try await connection.send(body)
                let answer = try await connection.readAnswer()
                #expect(answer.status == 200)
            }
        }
    }

    /// Both at once, and with seconds to spare: a busy machine needs a while for the first byte of a connection.
    @Test func requestThatDoesNotComeToItsEnd_is408() async throws {
        var limits = HubLimits()
        limits.headSeconds = 15
        limits.requestSeconds = 15
        try await TestHub.run(limits: limits) { hub in
            let token = try await hub.addUser("Anna").accessToken
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await RawConnection.open(port: hub.port) { connection in
                        try await connection.send("POST /api/v1/data?access_token=\(token) \(Self.unfinished)")
                        let answer = try await connection.readAnswer()
                        #expect(answer.status == 408)
                        #expect(try await connection.isAtEnd())
                    }
                }
                group.addTask {
                    let isIdleOneClosed = try await RawConnection.open(port: hub.port) { try await $0.isAtEnd() }
                    #expect(isIdleOneClosed)
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func requestThatIsRefusedBeforeItsBodyHasCome_isAnsweredAndEnded() async throws {
        var limits = HubLimits()
        // Time enough for the answer on a busy machine; the body never comes.
        limits.requestSeconds = 10
        try await TestHub.run(limits: limits) { hub in
            try await RawConnection.open(port: hub.port) { connection in
                try await connection.send("POST /api/v1/data \(Self.unfinished)")
                let answer = try await connection.readAnswer()
                #expect(answer.status == 401)
                #expect(try await connection.isAtEnd())
            }
        }
    }

    private static let unfinished = "HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{"
}
