import BlueZSimulator
import FoundationEssentials
import HubStore
import Outbox
import PulsoidAPI
import SystemPackage
import TestKit
import Testing

@testable import strapline
@testable import strapline_demo

/// `strapline run` with its outbox on a disk that fails, between real processes.
@Suite(.timeLimit(.minutes(2)), .serialized, .enabled("only root may mount a small disk") { SmallDisk.isPermitted })
struct StorageFaultTests {
    @Test func run_onAFullDisk_deliversLive_andTheOutboxHasAllOnceThereIsRoom() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 1024))
        let house = try await House(outbox: FilePath(disk.file("outbox.sqlite")))
        disk.fill()
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                try await house.withUploader { uploader in
                    await house.startBeating()
                    await house.untilRoomShows(20)
                    let full = try await house.status { $0.outbox.cannotWrite != nil }
                    #expect(full.outbox.cannotWrite == "disk full")
                    #expect(full.outbox.inMemory ?? 0 >= 20)
                    #expect(full.outbox.lost == 0)
                    disk.empty()
                    _ = try await house.status { $0.outbox.cannotWrite == nil && $0.outbox.received ?? 0 > 0 }
                    // and full once more, while it runs
                    disk.fill()
                    _ = try await house.status { $0.outbox.cannotWrite == "disk full" }
                    await house.untilRoomShows(10)
                    disk.empty()
                    _ = try await house.status { $0.outbox.cannotWrite == nil }
                    await house.stopBeating()
                    await uploader.stop()
                }
            }
        }
        try await expectAll(of: house)
    }

    @Test func run_withADamagedOutbox_movesItAside_andDelivers() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 1024))
        let house = try await House(outbox: FilePath(disk.file("outbox.sqlite")))
        try Data(count: 4096).write(to: URL(fileURLWithPath: house.outbox.string))
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                try await house.withUploader { uploader in
                    await house.startBeating()
                    await house.untilRoomShows(10)
                    let report = try await house.status { $0.outbox.damagedFiles != nil }
                    #expect(report.outbox.damagedFiles?.count == 1)
                    await house.stopBeating()
                    await uploader.stop()
                }
            }
        }
        try await expectAll(of: house)
    }

    /// The outbox has received all that was sent, and the hub has each of it, once and in order.
    private func expectAll(of house: House) async throws {
        let statistics = try await OutboxReader(path: house.outbox.string).statistics()
        #expect(statistics.received == Int64(house.sent.count), "\(house.log)")
        #expect(statistics.lanes.allSatisfy { $0.waiting == 0 }, "\(house.log)")
        let hub = try HubStore(path: house.database.string)
        for performer in house.cast.performers {
            let readings = try await hub.readings(ofUser: performer.userID, limit: .max)
            #expect(readings.map(\.heartRate) == house.sent.rates(of: performer.strapAddress), "\(house.log)")
        }
    }
}
