import HubFixtures
import HubServer
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing
import Timing

@testable import HubStore

/// Hubs that share a real PostgreSQL: with `HUB_TEST_DATABASE` only.
@Suite(.enabled(if: TestDatabase.isShared), .timeLimit(.minutes(5)))
struct SharedDatabaseTests {
    private struct Pair {
        let one: TestHub
        let other: TestHub
    }

    /// Two hubs over one database.
    private static func run(_ body: @escaping @Sendable (Pair, TestDatabase) async throws -> Void) async throws {
        let database = try TestDatabase()
        try await TestHub.run(limits: limits, on: database) { one in
            try await TestHub.run(limits: limits, on: database) { other in
                try await body(Pair(one: one, other: other), database)
            }
        }
    }

    private static var limits: HubLimits {
        var limits = HubLimits()
        limits.requestsPerSecond = 0
        return limits
    }

    private static let textOnly = "&response_mode=text_plain_only_heart_rate"

    @Test func reading_ofOneHub_isHeardAndReadAtTheOther_onceAndInOrder() async throws {
        try await Self.run { hubs, _ in
            let anna = try await hubs.one.addUser("Anna").accessToken
            try await RawConnection.open(port: hubs.other.port) { socket in
                _ = try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)\(Self.textOnly)")
                for (index, hub) in [hubs.one, hubs.other, hubs.one, hubs.one].enumerated() {
                    try await hub.write(70 + index, at: hub.now + Int64(index), token: anna)
                }
                // Known at the other hub.
                try await hubs.other.write(99, at: hubs.one.now, token: anna)
                try await hubs.other.write(80, at: hubs.one.now - 60_000, token: anna)
                for expected in ["70", "71", "72", "73", "80"] {
                    #expect(try await socket.readFrame().text == expected)
                }
            }
            let latest = try await hubs.other.send(.GET, PulsoidPath.latestHeartRate, token: anna)
            #expect(latest.body.contains(#""heart_rate":73"#), "\(latest)")
        }
    }

    @Test func manyReadings_inOneTransaction_areHeard() async throws {
        try await Self.run { hubs, _ in
            let anna = try await hubs.one.addUser("Anna").accessToken
            let user = try await hubs.one.store.accounts.user("Anna").id
            let now = hubs.one.now
            try await RawConnection.open(port: hubs.other.port) { socket in
                _ = try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)\(Self.textOnly)")
                // More than a notification holds.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<800 as Range<Int64> {
                        group.addTask {
                            try await hubs.one.store.readings.append(
                                StoredReading(userID: user, measuredAtMilliseconds: now + index, heartRate: 60))
                        }
                    }
                    try await group.waitForAll()
                }
                for _ in 0..<800 { #expect(try await socket.readFrame().text == "60") }
            }
        }
    }

    @Test func removedToken_endsAtBothHubsAtOnce() async throws {
        try await Self.run { hubs, _ in
            let anna = try await hubs.one.addUser("Anna").accessToken
            #expect(try await hubs.other.isGood(anna))
            try await RawConnection.open(port: hubs.other.port) { socket in
                _ = try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)")
                try await hubs.one.store.accounts.removeToken(TokenHash(of: anna).tokenID)
                #expect(try await socket.readFrame().opcode == 8)
            }
            #expect(try await !hubs.other.isGood(anna))
        }
    }

    @Test func member_whoJoinsAtOneHub_isInTheRoomOfTheOther() async throws {
        try await Self.run { hubs, _ in
            let anna = try await hubs.one.addUser("Anna")
            let ben = try await hubs.other.addUser("Ben")
            let room = try await hubs.other.store.accounts.createRoom()
            try await hubs.one.store.accounts.addMember("Anna", toRoom: room)
            try await RawConnection.open(port: hubs.one.port) { socket in
                let path = PulsoidPath.roomRealTime(roomID: room)
                #expect(try await socket.upgrade("\(path)?access_token=\(anna.accessToken)").status == 101)
                try await hubs.other.store.accounts.addMember("Ben", toRoom: room)
                try await hubs.one.write(120, at: hubs.one.now, token: ben.accessToken)
                #expect(
                    try await socket.readRoomMessage().payload
                        == .heartRate(.init(profileID: ben.user.profileID, bpm: 120)))
            }
        }
    }

    @Test func device_thatPollsOneHub_isAllowedAtTheOther_andGetsTokensOnce() async throws {
        try await Self.run { hubs, _ in
            let anna = try await hubs.one.addUser("Anna")
            let device = try await hubs.one.beginDevice()
            #expect(try await hubs.other.decide(device, token: anna.accessToken).status == 200)
            #expect(try await hubs.one.askForToken(device).status == 200)
            #expect(try await hubs.other.askForToken(device).oauthError == "invalid_grant")
        }
    }

    @Test func authorizationCode_ofOneHub_isExchangedOnce_atTheOther() async throws {
        try await Self.run { hubs, _ in
            let anna = try await hubs.one.addUser("Anna")
            let secret = try await hubs.one.addCodeClient()
            let code = try await hubs.one.allowCode(token: anna.accessToken)
            #expect(try await hubs.other.exchange(code, secret: secret).status == 200)
            #expect(try await hubs.one.exchange(code, secret: secret).oauthError == "invalid_grant")
        }
    }

    @Test func brokenConnections_loseNothing_andRepeatNothing() async throws {
        try await Self.run { hubs, database in
            let anna = try await hubs.one.addUser("Anna").accessToken
            try await RawConnection.open(port: hubs.other.port) { socket in
                _ = try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)\(Self.textOnly)")
                for index in 0..<60 {
                    if index.isMultiple(of: 10) {
                        try database.run(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE pid <> pg_backend_pid() AND datname = current_database()
                            """)
                    }
                    let answer = try await hubs.one.write(60 + index, at: hubs.one.now + Int64(index), token: anna)
                    #expect(answer.status == 200)
                }
                for index in 0..<60 { #expect(try await socket.readFrame().text == "\(60 + index)") }
            }
        }
    }

    /// As after a backup that was restored while hubs run: a number says nothing about an entry then.
    @Test func log_whoseNumbersBeginAgain_endsTheStreams_whichHearTheNextReadings() async throws {
        try await Self.run { hubs, database in
            let anna = try await hubs.one.addUser("Anna").accessToken
            try await RawConnection.open(port: hubs.other.port) { socket in
                _ = try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)\(Self.textOnly)")
                try await hubs.one.write(70, at: hubs.one.now, token: anna)
                #expect(try await socket.readFrame().text == "70")
                try database.run("DELETE FROM hub_event; ALTER TABLE hub_event ALTER COLUMN seq RESTART WITH 1")
                try database.run(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE pid <> pg_backend_pid() AND datname = current_database()
                    """)
                let answer = try await hubs.one.write(71, at: hubs.one.now + 1, token: anna)
                #expect(answer.status == 200)
                #expect(try await socket.readFrame().closeCode == 1012)
            }
            try await RawConnection.open(port: hubs.other.port) { socket in
                _ = try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)\(Self.textOnly)")
                try await hubs.one.write(72, at: hubs.one.now + 2, token: anna)
                #expect(try await socket.readFrame().text == "72")
            }
        }
    }

    @Test func removedUser_losesLateMeasurements() async throws {
        let database = try TestDatabase()
        try await TestHub.run(on: database) { hub in
            let user = try await hub.addUser("Anna").user
            try await hub.store.accounts.removeUser("Anna")
            try await hub.store.readings.append(
                StoredReading(userID: user.id, measuredAtMilliseconds: hub.now, heartRate: 60))
            try database.run("UPDATE removed_user SET at = at - interval '1 minute'")
            let engine = try #require(hub.store.database.engine as? PostgresEngine)
            try await engine.upkeep.run(keepingFrom: nil, now: hub.now)
            #expect(try await hub.rowCount("reading") == 0)
            #expect(try await hub.rowCount("removed_user") == 0)
        }
    }
}
