import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// Every call over HTTP, as the published pages describe it.
@Suite(.timeLimit(.minutes(10)))
struct HubRequestTests {
    @Test func write_isThereAsLatest() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let answer = try await hub.write(75, at: 1_709_312_400_000, token: anna)
            #expect(answer.status == 200)
            #expect(answer.body == "")
            let latest = try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna)
            #expect(latest.status == 200)
            #expect(latest.body == #"{"measured_at":1709312400000,"data":{"heart_rate":75}}"#)
            #expect(latest.headers["content-type"] == ["application/json"])
        }
    }

    @Test func latest_asPlainText_isTheBareNumber() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await hub.write(129, at: hub.now, token: anna)
            let latest = try await hub.send(
                .GET, PulsoidPath.latestHeartRate + "?response_mode=text_plain_only_heart_rate", token: anna)
            #expect(latest.body == "129")
            #expect(latest.headers["content-type"] == ["text/plain; charset=UTF-8"])
            let unknown = try await hub.send(
                .GET, PulsoidPath.latestHeartRate + "?response_mode=legacy_json", token: anna)
            #expect(unknown.status == 400)
        }
    }

    @Test func latest_withoutData_is412() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let answer = try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna)
            #expect(answer.status == 412)
            #expect(answer.body == #"{"error_code":"412","error_message":"the user has no heart rate data"}"#)
        }
    }

    @Test func latest_whenReadingsArriveLate_isTheNewestMeasured() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await hub.write(80, at: hub.now, token: anna)
            try await hub.write(60, at: hub.now - 60_000, token: anna)
            let latest = try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna)
            #expect(latest.body == HeartRateMessage(measuredAtMilliseconds: hub.now, heartRate: 80).text())
        }
    }

    @Test func latest_isTheUsersOwn() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let ben = try await hub.addUser("Ben").accessToken
            try await hub.write(80, at: hub.now, token: anna)
            #expect(try await hub.send(.GET, PulsoidPath.latestHeartRate, token: ben).status == 412)
        }
    }

    @Test(arguments: [0, -1, -70]) func write_ofNoHeartRate_isAnswered200AndNotKept(heartRate: Int) async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(try await hub.write(heartRate, at: hub.now, token: anna).status == 200)
            #expect(try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna).status == 412)
        }
    }

    @Test(arguments: [
        "", "{", "[]", "null", "75", #"{"measured_at": 1709312400000}"#, #"{"data": {"heart_rate": 75}}"#,
        #"{"measured_at": "1709312400000", "data": {"heart_rate": 75}}"#,
        #"{"measured_at": 1709312400000, "data": {"heart_rate": "75"}}"#,
        #"{"measured_at": 1709312400000, "data": {"heart_rate": 75.5}}"#,
        #"{"measured_at": 1709312400000, "data": {"heart_rate": 1e300}}"#,
        #"{"measured_at": 1709312400000, "data": {"heart_rate": 65536}}"#,
        #"{"measured_at": 1709312400000, "data": 75}"#,
        #"{"measured_at": 1e400, "data": {"heart_rate": 75}}"#,
        // Seconds, microseconds, before all clocks, far ahead.
        #"{"measured_at": 1709312400, "data": {"heart_rate": 75}}"#,
        #"{"measured_at": 1709312400000000, "data": {"heart_rate": 75}}"#,
        #"{"measured_at": -1, "data": {"heart_rate": 75}}"#,
        #"{"measured_at": 4102444800000, "data": {"heart_rate": 75}}"#,
        "{\"measured_at\": 1709312400000, \"data\": {\"heart_rate\": 75}",
    ])
    func write_ofMalformedBody_is400WithJSON(body: String) async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let answer = try await hub.send(.POST, PulsoidPath.data, token: anna, body: body)
            #expect(answer.status == 400)
            #expect(answer.body.hasPrefix(#"{"error_code":"400","error_message":""#))
            #expect(try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna).status == 412)
        }
    }

    @Test func write_withinTheToleratedFuture_isKept() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(try await hub.write(75, at: hub.now + 5 * 60_000, token: anna).status == 200)
            #expect(try await hub.write(75, at: hub.now + 5 * 60_000 + 1, token: anna).status == 400)
        }
    }

    @Test func write_whileTheHubsClockIsNotTrusted_mayBeAhead() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            hub.time.setWall(milliseconds: hub.now, isTrusted: false)
            #expect(try await hub.write(75, at: hub.now + 30 * 86_400_000, token: anna).status == 200)
            #expect(try await hub.write(75, at: hub.now + 400 * 86_400_000, token: anna).status == 400)
        }
    }

    @Test func write_tooLarge_is413() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let body = String(repeating: " ", count: 5000)
            let answer = try await hub.send(.POST, PulsoidPath.data, token: anna, body: body)
            #expect(answer.status == 413)
            #expect(answer.body.contains("error_message"))
        }
    }

    @Test func validate_tellsWhatTheTokenIsGoodFor() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna", scopes: ["data:room:read"], lifetime: .seconds(3600))
            let answer = try await hub.send(.GET, PulsoidPath.validateToken, token: anna.accessToken)
            #expect(answer.status == 200)
            #expect(
                answer.body
                    == #"{"client_id":"strapline-hub","expires_in":3600,"profile_id":"\#(anna.user.profileID)","#
                    + #""scopes":["data:room:read"]}"#)
        }
    }

    @Test func head_isLikeGetWithoutBody() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await hub.write(75, at: 1_709_312_400_000, token: anna)
            let answer = try await hub.send(.HEAD, PulsoidPath.latestHeartRate, token: anna)
            #expect(answer.status == 200)
            #expect(answer.headers["content-length"] == ["54"])
            #expect(answer.body == "")
        }
    }

    @Test func browserThatAsksFirst_isToldWhatItMay() async throws {
        try await TestHub.run { hub in
            let answer = try await hub.send(
                .OPTIONS, PulsoidPath.data,
                headers: ["Origin": "https://overlay.example", "Access-Control-Request-Method": "POST"])
            #expect(answer.status == 204)
            #expect(answer.headers["access-control-allow-origin"] == ["*"])
            #expect(answer.headers["access-control-allow-methods"] == ["POST, OPTIONS"])
            #expect(answer.headers["access-control-allow-headers"].joined().contains("Authorization"))
        }
    }

    @Test func unknownPath_is404_andWrongMethod405() async throws {
        try await TestHub.run { hub in
            for path in ["/x", "/api", "/api/v1/data/", "/api/v1/data/x", "/heart/oauth/users/1", "/%", "/api/v1/%zz"] {
                let answer = try await hub.send(.GET, path)
                #expect([404, 400].contains(answer.status), "\(path)")
                #expect(answer.body.contains(path.hasPrefix("/heart") ? "message" : "error_code"))
            }
            let wrong = try await hub.send(.GET, PulsoidPath.data)
            #expect(wrong.status == 405)
            #expect(wrong.headers["allow"] == ["POST, OPTIONS"])
            #expect(try await hub.send(.POST, PulsoidPath.latestHeartRate).headers["allow"] == ["GET, HEAD, OPTIONS"])
        }
    }

    @Test func overloadedHub_answers503() async throws {
        var limits = HubLimits()
        limits.strangers = 0
        try await TestHub.run(limits: limits) { hub in
            let answer = try await hub.send(.GET, PulsoidPath.latestHeartRate)
            #expect(answer.status == 503)
            #expect(answer.headers.contains(name: "retry-after"))
        }
    }
}
