import FoundationEssentials
import HTTPTypes
import HubFixtures
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// Monitoring: `/healthz` and `/metrics`.
@Suite(.timeLimit(.minutes(10)))
struct MonitoringTests {
    /// Read on the listener for programs on this machine.
    private static func metrics(_ hub: TestHub) async throws -> MetricsCheck {
        let answer = try await hub.send(.GET, "/metrics", port: hub.metricsPort)
        #expect(answer.status == 200)
        #expect(answer.headers.first(name: "content-type") == "text/plain; version=0.0.4; charset=utf-8")
        let check = MetricsCheck(answer.body)
        #expect(check.problems == [])
        return check
    }

    @Test func health_whileAllIsWell_is200ForAnybody() async throws {
        try await TestHub.run { hub in
            let answer = try await hub.send(.GET, "/healthz", headers: ["Host": "hub.example"])
            #expect(answer.status == 200)
            #expect(answer.body == #"{"status":"ok"}"#)
            #expect(try await hub.send(.POST, "/healthz").status == 405)
            let local = try await hub.send(.GET, "/healthz", port: hub.metricsPort)
            #expect((local.status, local.body) == (200, "ok\n"))
        }
    }

    @Test(.enabled(if: SmallDisk.isPermitted)) func health_whileTheDiskIsFull_tellsSo_untilItHasRoom() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 1024))
        try await TestHub.run(database: disk.file("hub.sqlite")) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            disk.fill()
            var index: Int64 = 0
            while try await hub.write(70, at: hub.now - index, token: anna).status == 200 { index += 1 }
            let answer = try await hub.send(.GET, "/healthz")
            #expect(answer.status == 507)
            #expect(try await hub.send(.GET, "/healthz", port: hub.metricsPort).status == 503)
            #expect(try await Self.metrics(hub).value("strapline_hub_commit_failures_total") == 1)
            disk.empty()
            #expect(try await hub.send(.GET, "/healthz").status == 200)
        }
    }

    @Test func metrics_countWhatHappens() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser(#"Anna "A" \"#)
            let before = try await Self.metrics(hub)
            #expect(before.value("strapline_hub_readings_accepted_total", ["repeated": "false"]) == 0)
            #expect(before.value("strapline_hub_commit_seconds_count") == 0)
            #expect(before.value("strapline_hub_build_info", ["version": HubBuild.version]) == 1)
            for moment in [hub.now, hub.now, hub.now - 500] {
                try await hub.write(70, at: moment, token: anna.accessToken)
            }
            let beats = #"{"beats":[{"start":1546025628,"end":1546025628,"value":60}]}"#
            for _ in 0..<2 {
                _ = try await hub.send(.POST, "/heart/oauth/users/1/beats", token: anna.accessToken, body: beats)
            }
            _ = try await hub.send(.GET, "/nothing/here")
            _ = try await hub.send(.GET, PulsoidPath.profile)
            try await RawConnection.open(port: hub.port) { connection in
                try await connection.send("nonsense\r\n\r\n")
                _ = try await connection.readAnswer()
            }
            let after = try await Self.metrics(hub)
            #expect(after.value("strapline_hub_readings_accepted_total", ["repeated": "false"]) == 2)
            #expect(after.value("strapline_hub_readings_accepted_total", ["repeated": "true"]) == 1)
            #expect(after.value("strapline_hub_beats_accepted_total", ["repeated": "false"]) == 1)
            #expect(after.value("strapline_hub_beats_accepted_total", ["repeated": "true"]) == 1)
            #expect(after.value("strapline_hub_commit_seconds_count") == 5)
            let requests = "strapline_hub_requests_total"
            #expect(after.value(requests, ["route": "/api/v1/data", "status": "200"]) == 3)
            #expect(after.value(requests, ["route": "/heart/oauth/users/{userId}/beats", "status": "200"]) == 2)
            #expect(after.value(requests, ["route": "other", "status": "404"]) == 1)
            #expect(after.value(requests, ["route": "other", "status": "400"]) == 1)
            #expect(after.value(requests, ["route": "/api/v1/profile", "status": "401"]) == 1)
            if TestDatabase.isShared {
                #expect(after.value("strapline_hub_database_heartbeat_age_seconds") != nil)
                #expect(after.value("strapline_hub_database_syncing_standbys") == 0)
            } else {
                #expect((after.value("strapline_hub_store_bytes", ["file": "log"]) ?? 0) > 0)
                #expect((after.value("strapline_hub_disk_free_bytes") ?? 0) > 0)
            }
            #expect(after.value("strapline_hub_users") == 1)
        }
    }

    @Test func heartRate_isShownWhileItIsLive_andVanishesThen() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser(#"Anna "A" \"#)
            try await hub.write(71, at: hub.now, token: anna.accessToken)
            // An older one does not take its place.
            try await hub.write(150, at: hub.now - 1000, token: anna.accessToken)
            try await hub.untilCommitsAreHeard()
            let labels = ["user": anna.user.name, "profile_id": anna.user.profileID]
            #expect(try await Self.metrics(hub).value("strapline_hub_heart_rate_bpm", labels) == 71)
            hub.time.advance(milliseconds: 9_999)
            #expect(try await Self.metrics(hub).value("strapline_hub_heart_rate_bpm", labels) == 71)
            hub.time.advance(milliseconds: 1)
            #expect(try await Self.metrics(hub).value("strapline_hub_heart_rate_bpm") == nil)
        }
    }

    @Test func readersOfStreams_areCounted_andThoseWhoWereDropped() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let readers = "strapline_hub_stream_readers"
            try await RawConnection.open(port: hub.port) { socket in
                _ = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(anna)")
                try await socket.roundTrip()
                #expect(try await Self.metrics(hub).value(readers, ["stream": "real_time"]) == 1)
                #expect(try await Self.metrics(hub).value(readers, ["stream": "room"]) == 0)
                hub.time.advance(milliseconds: 60_000)
                await hub.tick()
                #expect(try await socket.isAtEnd())
            }
            let after = try await Self.metrics(hub)
            #expect(after.value(readers, ["stream": "real_time"]) == 0)
            #expect(after.value("strapline_hub_dropped_readers_total", ["reason": "silent"]) == 1)
            #expect(after.value("strapline_hub_requests_total", ["status": "101"]) == 1)
        }
    }

    /// Headers of proxies, and of clients that imitate them.
    private static let requests: [HTTPHeaders] = [
        // A program on this machine; nginx as it is installed; a TCP forwarder.
        [:], ["Host": "127.0.0.1:8080"], ["Host": "localhost"], ["Host": "[::1]"],
        ["Host": "hub.example"], ["Host": "localhost:evil.example"],
        ["Host": "localhost", "X-Forwarded-Proto": "https"],
        ["X-Forwarded-For": "127.0.0.1"], ["Forwarded": "for=127.0.0.1"], ["X-Real-IP": "127.0.0.1"],
        ["Via": "1.1 proxy"],
        ["CF-Connecting-IP": "127.0.0.1"], ["X-Client-IP": "127.0.0.1"], ["Origin": "https://page.example"],
        ["Sec-Fetch-Site": "same-origin"], ["Sec-WebSocket-Protocol": "strapline.token, nonsense"],
    ]

    @Test func metrics_onTheHubsOwnPort_areForTheAdministrationAlone_howeverTheyAreAskedFor() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let admin = try await hub.store.accounts.issueAdminToken(named: "prometheus").accessToken
            let brief = try await hub.store.accounts.issueAdminToken(named: "brief", lifetime: .seconds(60)).accessToken
            for headers in Self.requests {
                func status(_ token: String?) async throws -> Int {
                    try await hub.send(.GET, "/metrics", token: token, headers: headers).status
                }
                #expect(try await status(nil) == 401, "\(headers)")
                #expect(try await status("nonsense") == 401)
                #expect(try await status(anna) == 403)
                #expect(try await status(admin) == 200)
                #expect(try await status(brief) == 200)
            }
            #expect(try await hub.send(.HEAD, "/metrics").status == 401)
            #expect(try await hub.send(.GET, "/metrics?access_token=\(admin)").status == 401)
            hub.time.advance(milliseconds: 60_000)
            #expect(try await hub.send(.GET, "/metrics", token: brief).status == 401)
            // It is no user's, so it is good for nothing else.
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: admin).status == 401)
        }
    }

    @Test func localListener_answersProgramsOnThisMachine_andNothingElse() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            func status(_ path: String, _ headers: HTTPHeaders = [:]) async throws -> Int {
                try await hub.send(.GET, path, token: anna, headers: headers, port: hub.metricsPort).status
            }
            #expect(try await status("/metrics") == 200)
            #expect(try await status("/metrics", ["Host": "localhost:\(hub.metricsPort)"]) == 200)
            for headers in Self.requests.dropFirst(4).prefix(11) where headers["Sec-Fetch-Site"].isEmpty {
                #expect(try await status("/metrics", headers) == 403, "\(headers)")
                #expect(try await status("/healthz", headers) == 403, "\(headers)")
            }
            for path in [PulsoidPath.validateToken, "/", "/api/hub/v1/admin/users", "/openapi.json"] {
                #expect(try await status(path) == 404, "\(path)")
            }
        }
    }
}
