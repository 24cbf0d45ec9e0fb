import BlueZSimulator
import CardiogramAPI
import HubServer
import HubStore
import Outbox
import PulsoidAPI
import SystemPackage
import TestKit
import Testing
import WebClient

@testable import strapline
@testable import strapline_demo

/// `strapline run` as a process of its own between real processes, broken as the world would break it.
@Suite(.timeLimit(.minutes(2)), .serialized) struct UploaderTests {
    @Test func run_untilSIGTERM_deliversEverythingAndEndsWell() async throws {
        let house = try await House()
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                try await house.withUploader { uploader in
                    await house.startBeating()
                    await house.untilRoomShows(10)
                    await house.stopBeating()
                    try await house.untilAllReceived()
                    await uploader.stop()
                }
            }
        }
        try await expectAllDelivered(house)
    }

    @Test func run_whenStrapVanishesAndReturns_deliversAllThatItSent() async throws {
        let house = try await House()
        let strap = house.cast.performers[0].strapAddress
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                try await house.withUploader { uploader in
                    await house.startBeating()
                    await house.untilRoomShows(10)
                    await house.simulator.disappear(strap)
                    try await house.simulator.untilConnected(strap, false)
                    await house.simulator.appear(strap)
                    try await house.simulator.untilSubscribed(strap)
                    await house.untilRoomShows(10)
                    await house.stopBeating()
                    try await house.untilAllReceived()
                    await uploader.stop()
                }
            }
        }
        try await expectAllDelivered(house)
    }

    @Test func run_whenHubIsKilledAndStartedAgain_deliversEverythingInOrder() async throws {
        let house = try await House()
        let port = try await house.withHub(mayCrash: true) { hub, port in
            try hub.kill()
            return port
        }
        try await house.withUploader { uploader in
            await house.startBeating()
            try await house.withHub(port: port, mayCrash: true) { hub, _ in
                try await house.withRoom(port: port) {
                    await house.untilRoomShows(10)
                    try hub.kill()
                }
            }
            // meanwhile readings wait in the outbox
            try await house.untilSent(15)
            try await house.withHub(port: port) { _, _ in
                try await house.withRoom(port: port) { await house.untilRoomShows(10) }
                await house.stopBeating()
                try await house.untilAllReceived()
                await uploader.stop()
            }
        }
        try await expectAllDelivered(house)
    }

    /// A backlog of more than the hub takes at once: at the pace that it allows nothing is refused, and an uploader without a
    /// pace of its own heeds what it is told.
    @Test(arguments: [20, 0]) func backlog_atAHubWithALimit_isDelivered_andAtItsPaceNeverRefused(pace: Int) async throws
    {
        let house = try await House()
        let port = try await house.withHub(mayCrash: true, limit: 20, pace: pace) { hub, port in
            try hub.kill()
            return port
        }
        try await house.withUploader { uploader in
            for performer in house.cast.performers {
                await house.simulator.startBeating(performer.strapAddress, every: .milliseconds(20))
            }
            try await house.untilSent(60)
            await house.stopBeating()
            try await house.withHub(port: port, limit: 20, pace: pace) { _, _ in
                try await house.withRoom(port: port) {
                    try await house.untilAllReceived()
                    _ = try await house.status {
                        $0.destinations.allSatisfy { $0.destination != "pulsoid" || $0.waiting == 0 }
                    }
                    let store = try HubStore(path: house.database.string)
                    let admin = try await store.issueAdminToken(named: "test").accessToken
                    try store.close()
                    let text = try await WebClient().send(
                        to: Endpoint(.get, ServiceAddress("http://127.0.0.1:\(port)"), path: "/metrics"),
                        headers: [("Authorization", "Bearer \(admin)")]
                    ).text
                    let refused = MetricsCheck(text).value(
                        "strapline_hub_requests_total", ["route": PulsoidPath.data, "status": "429"])
                    #expect((refused == nil) == (pace > 0))
                    await uploader.stop()
                }
            }
        }
        try await expectAllDelivered(house)
    }

    @Test func run_whenKilledAndStartedAgain_losesNothingThatItReceived() async throws {
        let house = try await House()
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                await house.startBeating()
                for _ in 1...3 {
                    try await house.withUploader(mayCrash: true) { uploader in
                        await house.untilRoomShows(8)
                        try uploader.kill()
                    }
                }
                try await house.withUploader { uploader in
                    await house.untilRoomShows(8)
                    await house.stopBeating()
                    await uploader.stop()
                }
            }
        }
        let received = try await OutboxReader(path: house.outbox.string).statistics()
        let hub = try HubStore(path: house.database.string)
        var stored = 0
        for performer in house.cast.performers {
            stored += try await hub.readings(ofUser: performer.userID, limit: .max).count
        }
        #expect(Int64(stored) == received.received)
        #expect(received.lanes.allSatisfy { $0.waiting == 0 })
    }

    @Test func run_withABroadcastStrap_deliversWhatItHearsToBothServicesAndNeverConnects() async throws {
        let house = try await House(withBroadcaster: true)
        let broadcaster = try #require(house.broadcaster)
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                try await house.withUploader { uploader in
                    await house.startBeating()
                    await house.untilRoomShows(20)
                    await house.stopBeating()
                    await uploader.stop()
                }
            }
        }
        let hub = try HubStore(path: house.database.string)
        let readings = try await hub.readings(ofUser: broadcaster.userID, limit: .max)
        // From the moment at which it was found each broadcast once and in order.
        let sent = house.sent.rates(of: broadcaster.strapAddress)
        #expect(sent.contains(readings.map(\.heartRate)), "\(house.log)")
        let beats = try await hub.beats(ofUser: broadcaster.userID, limit: .max)
        #expect(beats.map(\.start) == Set(readings.map { $0.measuredAtMilliseconds / 1000 }).sorted())
        let status = await house.simulator.status.straps[broadcaster.strapAddress]
        #expect(status?.connectAttempts == 0)
        let statistics = try await OutboxReader(path: house.outbox.string).statistics()
        let other = house.sent.rates(of: house.cast.performers[0].strapAddress)
        #expect(statistics.received == Int64(readings.count + other.count))
    }

    /// The outbox has received all that was sent, and the hub has each of it, in order, as readings and as beats.
    private func expectAllDelivered(_ house: House) async throws {
        let statistics = try await OutboxReader(path: house.outbox.string).statistics()
        #expect(statistics.received == Int64(house.sent.count))
        let hub = try HubStore(path: house.database.string)
        for performer in house.cast.performers {
            let readings = try await hub.readings(ofUser: performer.userID, limit: .max)
            #expect(readings.map(\.heartRate) == house.sent.rates(of: performer.strapAddress), "\(house.log)")
            let beats = try await hub.beats(ofUser: performer.userID, limit: .max)
            #expect(beats.map(\.start) == Set(readings.map { $0.measuredAtMilliseconds / 1000 }).sorted())
        }
    }
}
