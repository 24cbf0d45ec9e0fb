import FoundationEssentials
import GRDB
import HeartRate
import HubAPI
import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// The document at `/openapi.json` against the running hub: whatever it says is answered, and whatever is answered is
/// as it says.
@Suite(.timeLimit(.minutes(10)))
struct OpenAPITests {
    private typealias Exchange = Contract.Exchange

    /// Paths of the document with something put in.
    private static func path(_ template: String) -> String {
        template.replacing("{room_id}", with: "ROOM").replacing("{user_id}", with: "1")
    }

    private static let upgrade =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: \(RawConnection.key)\r\n"

    /// Sends a request as it is, and reads the answer.
    private static func exchange(
        _ hub: TestHub, _ operation: String, _ target: String? = nil, token: String? = nil, headers: String = "",
        body: String? = nil, host: String = "Host: hub\r\n"
    ) async throws -> Exchange {
        let words = operation.split(separator: " ")
        let answer = try await RawConnection.open(port: hub.port) { connection in
            let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
            let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
            try await connection.send(
                "\(words[0]) \(target ?? path(String(words[1]))) HTTP/1.1\r\n"
                    + "\(host)\(authorization)\(headers)\(length)\r\n" + (body ?? ""))
            return try await connection.readAnswer()
        }
        return Exchange(operation: operation, answer: answer)
    }

    private static func contract(_ hub: TestHub) async throws -> Contract {
        try Contract(try await hub.send(.GET, "/openapi.json").body)
    }

    @Test func everyAnswer_isDocumented_andEveryDocumentedAnswerIsGiven() async throws {
        let contract = try await TestHub.run { try await Self.contract($0) }
        let operations = contract.operations.keys.sorted()
        #expect(operations.count == 18)
        var exchanges = try await Self.usual()
        exchanges += try await Self.tooMany()
        exchanges += try await Self.tooFast(contract)
        exchanges += try await Self.tooManyFromOneAddress(operations)
        exchanges += try await Self.malformed(operations)
        exchanges += try await Self.slow(operations.filter { $0.hasPrefix("POST") })
        exchanges += try await Self.overloaded(operations)
        exchanges += try await Self.broken(operations)
        var open = contract.answers
        if SmallDisk.isPermitted {
            exchanges += try await Self.full()
        } else {
            open = open.filter { !$0.hasSuffix(" 507") }
        }
        for exchange in exchanges {
            let problems = contract.problems(exchange)
            #expect(problems.isEmpty, "\(exchange.operation) \(exchange.answer)")
            open.remove("\(exchange.operation) \(exchange.answer.status)")
        }
        #expect(open.isEmpty)
    }

    @Test func everyReasonOfARefusalOfOAuth_isInTheDocument() async throws {
        let document = try await TestHub.run { try await Self.contract($0) }.document
        let reasons = document["components"]?["schemas"]?["OAuthError"]?["properties"]?["error"]?["enum"]
        // Pulsoid, and so the hub, reports a denial with another reason.
        let known = OAuthErrorCode.allCases.filter { $0 != .accessDenied }.map { JSONValue.string($0.rawValue) }
        #expect(reasons == .array(known))
    }

    /// Correct and incorrect requests.
    private static func usual() async throws -> [Exchange] {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let poor = try await hub.addUser("Ben", scopes: ["profile:read"]).accessToken
            let roomID = try await hub.store.accounts.createRoom()
            try await hub.store.accounts.addMember("Anna", toRoom: roomID)
            let room = PulsoidPath.roomRealTime(roomID: roomID)
            let reading = HeartRateMessage(measuredAtMilliseconds: hub.now, heartRate: 70).text()
            let detailed = DetailedReadings([
                DetailedReading(
                    measuredAtMilliseconds: hub.now,
                    measurement: HeartRateMeasurement(beatsPerMinute: 70, rrIntervals: [870]))
            ]).text
            let beats = #"{"beats":[{"start":1546025628,"end":1546025628,"value":60}]}"#
            let get = "GET "
            let post = "POST "
            var all: [Exchange] = []
            for (operation, target, token, headers, body) in [
                (get + PulsoidPath.latestHeartRate, nil, anna, "", nil),
                (post + PulsoidPath.data, nil, anna, "", reading), (post + PulsoidPath.data, nil, anna, "", "{}"),
                (post + PulsoidPath.data, nil, poor, "", reading),
                (post + DetailedReadings.path, nil, anna, "", detailed),
                (post + DetailedReadings.path, nil, anna, "", "{}"),
                (post + DetailedReadings.path, nil, poor, "", detailed),
                (get + PulsoidPath.latestHeartRate, nil, anna, "", nil),
                (
                    get + PulsoidPath.latestHeartRate,
                    PulsoidPath.latestHeartRate + "?response_mode=text_plain_only_heart_rate", anna, "", nil
                ), (get + PulsoidPath.latestHeartRate, PulsoidPath.latestHeartRate + "?response_mode=x", anna, "", nil),
                (get + PulsoidPath.latestHeartRate, nil, poor, "", nil),
                (get + PulsoidPath.realTime, nil, anna, "", nil),
                (get + PulsoidPath.realTime, nil, anna, upgrade, nil),
                (get + PulsoidPath.realTime, nil, poor, upgrade, nil),
                (get + "/api/v2/data/rooms/{room_id}/real_time", room, anna, upgrade, nil),
                (get + "/api/v2/data/rooms/{room_id}/real_time", nil, anna, upgrade, nil),
                (get + "/api/v2/data/rooms/{room_id}/real_time", room, poor, upgrade, nil),
                (get + "/api/v2/data/rooms/{room_id}/real_time", room, anna, "", nil),
                (get + PulsoidPath.validateToken, nil, anna, "", nil),
                (get + PulsoidPath.validateToken, nil, "nonsense", "", nil),
                (get + PulsoidPath.statistics, nil, anna, "", nil), (get + PulsoidPath.statistics, nil, poor, "", nil),
                (get + PulsoidPath.statistics, PulsoidPath.statistics + "?time_range=1h", anna, "", nil),
                (get + PulsoidPath.profile, nil, poor, "", nil), (get + PulsoidPath.profile, nil, "nonsense", "", nil),
                (post + "/heart/oauth/users/{user_id}/beats", nil, anna, "", beats),
                (post + "/heart/oauth/users/{user_id}/beats", nil, anna, "", "{}"),
                (post + "/heart/oauth/users/{user_id}/beats", nil, poor, "", beats),
                (post + "/heart/oauth/users/{user_id}/beats", "/heart/oauth/users/2/beats", anna, "", beats),
                (get + "/openapi.json", nil, anna, "", nil),
            ] as [(String, String?, String, String, String?)] {
                all.append(try await exchange(hub, operation, target, token: token, headers: headers, body: body))
            }
            return try await all + authorization(hub, anna) + code(hub, anna)
        }
    }

    /// The way to tokens and back.
    private static func authorization(_ hub: TestHub, _ anna: String) async throws -> [Exchange] {
        var all: [Exchange] = []
        func post(_ path: String, _ body: String) async throws -> RawConnection.Answer {
            let exchange = try await exchange(hub, "POST \(path)", body: body)
            all.append(exchange)
            return exchange.answer
        }
        let form = "client_id=strapline-hub&scope=data:heart_rate:read"
        _ = try await post(PulsoidPath.deviceAuthorization, "client_id=x&scope=profile:read")
        _ = try await post(PulsoidPath.deviceAuthorization, "client_id=strapline-hub&scope=x")
        let begun = try await post(PulsoidPath.deviceAuthorization, form)
        let device = try JSONDecoder().decode(DeviceAuthorization.self, from: Data(begun.body.utf8))
        let ask = "grant_type=\(GrantType.deviceCode.rawValue)&client_id=strapline-hub&device_code=\(device.deviceCode)"
        for _ in 0..<2 { _ = try await post(PulsoidPath.token, ask) }
        _ = try await post(PulsoidPath.token, "grant_type=refresh_token&client_id=x&refresh_token=x")
        let page = "GET \(PulsoidPath.deviceConsent)"
        all.append(try await exchange(hub, page))
        all.append(try await exchange(hub, page, "\(PulsoidPath.deviceConsent)?user_code=\(device.userCode)"))
        all.append(try await exchange(hub, page, "\(PulsoidPath.deviceConsent)?user_code=x"))
        let consent = "user_code=\(device.userCode)&decision=allow&access_token="
        _ = try await post(PulsoidPath.deviceConsent, "")
        _ = try await post(PulsoidPath.deviceConsent, consent + "nonsense")
        _ = try await post(PulsoidPath.deviceConsent, consent + anna)
        hub.time.advance(milliseconds: 3000)
        let pair = try JSONDecoder().decode(
            TokenPair.self, from: Data(try await post(PulsoidPath.token, ask).body.utf8))
        let refresh = "grant_type=refresh_token&client_id=strapline-hub&refresh_token="
        let refreshed = try JSONDecoder().decode(
            TokenPair.self, from: Data(try await post(PulsoidPath.token, refresh + pair.refreshToken).body.utf8))
        // 429.
        _ = try await post(PulsoidPath.token, refresh + refreshed.refreshToken)
        _ = try await post("/heart/oauth/token", refresh + refreshed.refreshToken)
        _ = try await post(PulsoidPath.revoke, "token=\(refreshed.accessToken)")
        _ = try await post(PulsoidPath.revoke, "")
        return all
    }

    /// The way of Cardiogram's programs.
    private static func code(_ hub: TestHub, _ anna: String) async throws -> [Exchange] {
        let secret = try await hub.addCodeClient()
        let query = "response_type=code&client_id=app&scope=profile:read"
        let form = query + "&decision=allow&access_token="
        var all = [
            try await exchange(hub, "GET /auth", "/auth?\(query)"),
            try await exchange(hub, "GET /auth", "/auth?client_id=x"),
            try await exchange(hub, "POST /auth", body: form),
            try await exchange(hub, "POST /auth", body: form + "nonsense"),
        ]
        let allowed = try await exchange(hub, "POST /auth", body: form + anna)
        let code = allowed.answer.headers["location"]?.split(separator: "=").last ?? ""
        all.append(allowed)
        let exchangeCode = "grant_type=authorization_code&client_id=app&client_secret=\(secret)&code=\(code)"
        for body in [exchangeCode, exchangeCode, "grant_type=authorization_code&client_id=app&client_secret=x&code=x"] {
            all.append(try await exchange(hub, "POST /heart/oauth/token", body: body))
        }
        return all
    }

    /// 429.
    private static func tooMany() async throws -> [Exchange] {
        var limits = HubLimits()
        limits.pendingDevices = 0
        limits.wrongGuessesPerMinute = 1
        return try await TestHub.run(limits: limits) { hub in
            let page = PulsoidPath.deviceConsent
            _ = try await hub.addCodeClient()
            let form = "response_type=code&client_id=app&scope=profile:read&decision=allow&access_token=x"
            let device = "POST \(PulsoidPath.deviceAuthorization)"
            return [
                try await exchange(hub, device, body: "client_id=strapline-hub&scope=profile:read"),
                try await exchange(hub, "POST \(page)", body: "user_code=x"),
                try await exchange(hub, "POST \(page)", body: "user_code=x"),
                try await exchange(hub, "GET \(page)", "\(page)?user_code=x"),
                try await exchange(hub, "POST /auth", body: form),
            ]
        }
    }

    /// 429 of every operation with a token.
    private static func tooFast(_ contract: Contract) async throws -> [Exchange] {
        var limits = HubLimits()
        limits.requestsPerSecond = 1
        return try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            // Each API counts by itself.
            for _ in 0..<2 {
                _ = try await hub.send(.GET, PulsoidPath.validateToken, token: anna)
                _ = try await hub.send(.POST, "/heart/oauth/users/1/beats", token: anna, body: "{}")
            }
            let roomID = try await hub.store.accounts.createRoom()
            try await hub.store.accounts.addMember("Anna", toRoom: roomID)
            var all: [Exchange] = []
            for operation in contract.operations.keys.sorted()
            where operation.contains("/api/") || operation.contains("/users/") {
                let words = operation.split(separator: " ")
                let target = path(String(words[1])).replacing("ROOM", with: roomID)
                all.append(try await exchange(hub, operation, target, token: anna))
            }
            return all
        }
    }

    /// 429 of every operation without a token.
    private static func tooManyFromOneAddress(_ operations: [String]) async throws -> [Exchange] {
        var limits = HubLimits()
        let none = HubLimits.Rate(perSecond: 1, burst: 0)
        (limits.oauthRate, limits.pageRate) = (none, none)
        return try await TestHub.run(limits: limits) { hub in
            var all: [Exchange] = []
            for operation in operations where !operation.contains("/api/") && !operation.contains("/users/") {
                all.append(try await exchange(hub, operation))
            }
            return all
        }
    }

    /// 400, 413 and 431 of every operation.
    private static func malformed(_ operations: [String]) async throws -> [Exchange] {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            var all: [Exchange] = []
            for operation in operations {
                all.append(try await exchange(hub, operation, host: ""))
                let long = "X: \(String(repeating: "x", count: 17_000))\r\n"
                all.append(try await exchange(hub, operation, headers: long))
                guard operation.hasPrefix("POST") else { continue }
                all.append(try await exchange(hub, operation, token: anna, headers: "Content-Length: 2000000\r\n"))
            }
            return all
        }
    }

    /// 408. All at once, and with seconds to spare: a connection without a head in this time gets no answer, and a
    /// busy machine needs a while for its first byte.
    private static func slow(_ operations: [String]) async throws -> [Exchange] {
        var limits = HubLimits()
        limits.headSeconds = 15
        limits.requestSeconds = 15
        return try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            return try await withThrowingTaskGroup(of: Exchange.self) { group in
                for operation in operations {
                    group.addTask {
                        try await exchange(hub, operation, token: anna, headers: "Content-Length: 10\r\n")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
    }

    /// 503.
    private static func overloaded(_ operations: [String]) async throws -> [Exchange] {
        var limits = HubLimits()
        limits.strangers = 0
        return try await TestHub.run(limits: limits) { hub in
            var all: [Exchange] = []
            for operation in operations { all.append(try await exchange(hub, operation)) }
            return all
        }
    }

    /// 500: somebody has taken the tables away.
    private static func broken(_ operations: [String]) async throws -> [Exchange] {
        try await TestHub.run { hub in
            let device = try await hub.beginDevice()
            let database = try DatabaseQueue(path: hub.path)
            try await database.writeWithoutTransaction { db in
                try db.execute(
                    sql: """
                        PRAGMA foreign_keys = OFF; DROP TABLE client; DROP TABLE client_grant; DROP TABLE room;
                        DROP TABLE refresh_token; DROP TABLE directory_log; DROP TABLE token;
                        """)
            }
            var all: [Exchange] = []
            all.append(try await exchange(hub, "GET /auth", "/auth?client_id=x"))
            for operation in operations where operation.contains("/api/") || operation.contains("/users/") {
                all.append(try await exchange(hub, operation, token: "nonsense", headers: upgrade))
            }
            for (path, body) in [
                (PulsoidPath.deviceAuthorization, "client_id=x&scope=profile:read"),
                (PulsoidPath.token, "client_id=x&grant_type=refresh_token"), (PulsoidPath.revoke, "token=x"),
                (PulsoidPath.deviceConsent, "user_code=\(device.userCode)&decision=allow&access_token=x"),
                ("/heart/oauth/token", "client_id=x&grant_type=refresh_token"), ("/auth", "client_id=x"),
            ] { all.append(try await exchange(hub, "POST \(path)", body: body)) }
            return all
        }
    }

    /// 507.
    private static func full() async throws -> [Exchange] {
        let disk = try #require(SmallDisk(sizeKibibytes: 1024))
        return try await TestHub.run(database: disk.file("hub.sqlite")) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let pair = try await hub.pair(allowedBy: anna)
            disk.fill()
            let write = "POST \(PulsoidPath.data)"
            var all: [Exchange] = []
            // What the log has left takes a few.
            for index in 0..<1000 where all.last?.answer.status != 507 {
                let reading = HeartRateMessage(measuredAtMilliseconds: hub.now - Int64(index), heartRate: 70).text()
                all.append(try await exchange(hub, write, token: anna, body: reading))
            }
            let beats = (0..<2000).map { #"{"start":\#($0),"end":\#($0),"value":60}"# }.joined(separator: ",")
            let detailed = DetailedReadings(
                (0..<500).map { index in
                    DetailedReading(
                        measuredAtMilliseconds: hub.now - 1_000_000 - Int64(index),
                        measurement: HeartRateMeasurement(beatsPerMinute: 70, rrIntervals: [870, 871, 872]))
                }
            ).text
            for (operation, body) in [
                ("POST /heart/oauth/users/{user_id}/beats", #"{"beats":[\#(beats)]}"#),
                ("POST \(DetailedReadings.path)", detailed),
                (
                    "POST \(PulsoidPath.token)",
                    "grant_type=refresh_token&client_id=strapline-hub&refresh_token=\(pair.refreshToken)"
                ), ("POST \(PulsoidPath.revoke)", "token=\(pair.accessToken)"),
                (
                    "POST /heart/oauth/token",
                    "grant_type=refresh_token&client_id=strapline-hub&refresh_token=\(pair.refreshToken)"
                ),
            ] { all.append(try await exchange(hub, operation, token: anna, body: body)) }
            return all
        }
    }

    @Test func messagesOfStreams_areAsDocumented() async throws {
        try await TestHub.run { hub in
            let contract = try await Self.contract(hub)
            let check = SchemaCheck(document: contract.document)
            func problems(_ text: String, _ schema: String) throws -> [String] {
                let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
                return check.problems(value, .object(["$ref": .string("#/components/schemas/\(schema)")]))
            }
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.addUser("Ben")
            let roomID = try await hub.store.accounts.createRoom(config: .object(["name": .string("gym")]))
            try await hub.store.accounts.addMember("Anna", toRoom: roomID)
            try await hub.store.accounts.addMember("Ben", toRoom: roomID)
            for (path, schema, count) in [
                (PulsoidPath.realTime + "?", "HeartRate", 1),
                (PulsoidPath.realTime + "?response_mode=legacy_json", "LegacyHeartRate", 1),
                (
                    PulsoidPath.roomRealTime(roomID: roomID)
                        + "?kinds=heart_rate,room_updated,room_member_updated,room_member_removed", "RoomMessage", 4
                ),
            ] {
                try await RawConnection.open(port: hub.port) { socket in
                    #expect(try await socket.upgrade(path + "&access_token=\(anna)").status == 101)
                    try await socket.roundTrip()
                    hub.time.advance(milliseconds: 1000)
                    try await hub.write(70, at: hub.now, token: anna)
                    if schema == "RoomMessage" { try await hub.store.accounts.removeMember("Ben", fromRoom: roomID) }
                    for _ in 0..<count {
                        let text = try await socket.readFrame().text
                        #expect(try problems(text, schema).isEmpty, "\(text)")
                    }
                }
            }
        }
    }
}
