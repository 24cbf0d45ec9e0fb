import BlueZSimulator
import CardiogramAPI
import HeartRate
import HubAPI
import HubServer
import HubStore
import Outbox
import ProcessHarness
import PulsoidAPI
import SystemPackage
import TestKit
import Testing
import UploaderStatus
import WebClient

@testable import strapline

/// `strapline run` as a process between real processes, with the faults of the real world.
@Suite(.timeLimit(.minutes(10)), .serialized) struct UploaderTests {
    @Test func run_untilSIGTERM_deliversEverythingAndEndsWell() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                try await stack.withUploader { uploader in
                    await stack.startBeating()
                    await stack.untilRoomShows(10)
                    await stack.stopBeating()
                    try await stack.untilAllReceived()
                    await uploader.stop()
                }
            }
        }
        try await expectAllDelivered(stack)
    }

    @Test func run_whenStrapVanishesAndReturns_deliversAllThatItSent() async throws {
        let stack = try await StackFixture()
        let strap = stack.users[0].strapAddress
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                try await stack.withUploader { uploader in
                    await stack.startBeating()
                    await stack.untilRoomShows(10)
                    await stack.simulator.disappear(strap)
                    try await stack.simulator.untilConnected(strap, false)
                    await stack.simulator.appear(strap)
                    try await stack.simulator.untilSubscribed(strap)
                    await stack.untilRoomShows(10)
                    await stack.stopBeating()
                    try await stack.untilAllDelivered()
                    await uploader.stop()
                }
            }
        }
        try await expectAllDelivered(stack)
    }

    @Test func run_whenHubIsKilledAndStartedAgain_deliversEverythingInOrder() async throws {
        let stack = try await StackFixture()
        let port = DeafPort.portForAnotherProgram()
        try stack.configureUploader(service: "http://127.0.0.1:\(port)")
        try await stack.withUploader { uploader in
            await stack.startBeating()
            try await stack.withHub(port: port, mayCrash: true) { hub, _ in
                try await stack.withRoom(port: port) {
                    await stack.untilRoomShows(10)
                    try hub.kill()
                }
            }
            // Readings wait in the outbox.
            try await stack.untilSent(15)
            try await stack.withHub(port: port) { _, _ in
                try await stack.withRoom(port: port) { await stack.untilRoomShows(10) }
                await stack.stopBeating()
                try await stack.untilAllDelivered()
                await uploader.stop()
            }
        }
        try await expectAllDelivered(stack)
    }

    /// A backlog of more than the hub's limit. At the allowed pace the hub rejects nothing, and an uploader without a
    /// pace waits as the hub asks.
    @Test(arguments: [5, 0]) func backlog_atAHubWithALimit_isDelivered_andAtItsPaceNeverRefused(pace: Int) async throws
    {
        let stack = try await StackFixture()
        let port = DeafPort.portForAnotherProgram()
        try stack.configureUploader(service: "http://127.0.0.1:\(port)", pace: pace)
        try await stack.withUploader { uploader in
            for user in stack.users {
                await stack.simulator.startBeating(user.strapAddress, every: .milliseconds(20))
            }
            try await stack.untilSent(60)
            await stack.stopBeating()
            try await stack.withHub(port: port, limit: 5, pace: pace) { _, _ in
                try await stack.withRoom(port: port) {
                    try await stack.untilAllReceived()
                    _ = try await stack.status {
                        $0.destinations.allSatisfy { $0.destination != "pulsoid" || $0.waiting == 0 }
                    }
                    let store = try HubStore(path: stack.database.string)
                    let admin = try await store.accounts.issueAdminToken(named: "test").accessToken
                    try store.close()
                    let text = try await WebClient().send(
                        to: RequestTemplate(.get, ServiceAddress("http://127.0.0.1:\(port)"), path: "/metrics"),
                        headers: [("Authorization", "Bearer \(admin)")]
                    ).text
                    let metrics = MetricsCheck(text)
                    let refused = [PulsoidPath.data, DetailedReadings.path].compactMap { route in
                        metrics.value("strapline_hub_requests_total", ["route": route, "status": "429"])
                    }
                    #expect(refused.isEmpty == (pace > 0))
                    await uploader.stop()
                }
            }
        }
        try await expectAllDelivered(stack)
    }

    @Test func run_whenKilledAndStartedAgain_losesNothingThatItReceived() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                await stack.startBeating()
                for _ in 1...3 {
                    try await stack.withUploader(mayCrash: true) { uploader in
                        await stack.untilRoomShows(8)
                        try uploader.kill()
                    }
                }
                try await stack.withUploader { uploader in
                    await stack.untilRoomShows(8)
                    await stack.stopBeating()
                    _ = try await stack.status { $0.destinations.allSatisfy { $0.waiting == 0 } }
                    await uploader.stop()
                }
            }
        }
        let received = try await OutboxReader(path: stack.outbox.string).statistics()
        let hub = try HubStore(path: stack.database.string)
        var stored = 0
        for user in stack.users {
            stored += try await hub.readings.oldest(ofUser: user.userID, limit: .max).count
        }
        #expect(Int64(stored) == received.received)
        #expect(received.lanes.allSatisfy { $0.waiting == 0 })
    }

    @Test func run_withABroadcastStrap_deliversWhatItHearsToBothServicesAndNeverConnects() async throws {
        let stack = try await StackFixture(withBroadcaster: true)
        let broadcaster = try #require(stack.broadcaster)
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                try await stack.withUploader { uploader in
                    await stack.startBeating()
                    await stack.untilRoomShows(20)
                    await stack.stopBeating()
                    // The uploader drops what it has not read from the bus when it stops.
                    await stack.untilRoomShowsAll(of: stack.users[0])
                    _ = try await stack.status { $0.destinations.allSatisfy { $0.waiting == 0 } }
                    await uploader.stop()
                }
            }
        }
        let hub = try HubStore(path: stack.database.string)
        let readings = try await hub.readings.oldest(ofUser: broadcaster.userID, limit: .max)
        // Each broadcast since the strap was found, once and in order.
        let sent = stack.sent.rates(of: broadcaster.strapAddress)
        #expect(sent.contains(readings.map(\.heartRate)), "\(stack.log)")
        let beats = try await hub.readings.oldestBeats(ofUser: broadcaster.userID, limit: .max)
        #expect(beats.map(\.start) == Set(readings.map { $0.measuredAtMilliseconds / 1000 }).sorted())
        let status = await stack.simulator.status.straps[broadcaster.strapAddress]
        #expect(status?.connectAttempts == 0)
        let statistics = try await OutboxReader(path: stack.outbox.string).statistics()
        let other = stack.sent.rates(of: stack.users[0].strapAddress)
        #expect(statistics.received == Int64(readings.count + other.count))
    }

    /// The outbox has received every reading, and the hub has each of them in order, as readings and as beats.
    private func expectAllDelivered(_ stack: StackFixture) async throws {
        let statistics = try await OutboxReader(path: stack.outbox.string).statistics()
        #expect(statistics.received == Int64(stack.sent.count))
        let hub = try HubStore(path: stack.database.string)
        for user in stack.users {
            let readings = try await hub.readings.oldest(ofUser: user.userID, limit: .max)
            #expect(readings.map(\.heartRate) == stack.sent.rates(of: user.strapAddress), "\(stack.log)")
            // Beat for beat, whatever has happened.
            let detailed = try await hub.sessions.readings(ofUser: user.userID, 0..<Int64.max, limit: .max)
            #expect(detailed.map(\.measurement.rrIntervals) == stack.sent.intervals(of: user.strapAddress))
            let beats = try await hub.readings.oldestBeats(ofUser: user.userID, limit: .max)
            #expect(beats.map(\.start) == Set(readings.map { $0.measuredAtMilliseconds / 1000 }).sorted())
        }
    }
}
