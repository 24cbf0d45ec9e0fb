import BlueZSimulator
import FoundationEssentials
import HubStore
import Outbox
import ProcessHarness
import PulsoidAPI
import SystemPackage
import TestKit
import Testing
import UploaderStatus

@testable import strapline

/// `strapline run` with its outbox on a disk that fails, between real processes.
@Suite(.timeLimit(.minutes(10)), .serialized, .enabled("only root may mount a small disk") { SmallDisk.isPermitted })
struct StorageFaultTests {
    @Test func run_onAFullDisk_deliversLive_andTheOutboxHasAllOnceThereIsRoom() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 1024))
        let stack = try await StackFixture(outbox: FilePath(disk.file("outbox.sqlite")))
        disk.fill()
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                try await stack.withUploader { uploader in
                    await stack.startBeating()
                    await stack.untilRoomShows(20)
                    let full = try await stack.status { $0.outbox.cannotWrite != nil }
                    #expect(full.outbox.cannotWrite == "disk full")
                    #expect(full.outbox.inMemory ?? 0 >= 20)
                    #expect(full.outbox.lost == 0)
                    disk.empty()
                    _ = try await stack.status { $0.outbox.cannotWrite == nil && $0.outbox.received ?? 0 > 0 }
                    // and full once more, while it runs
                    disk.fill()
                    _ = try await stack.status { $0.outbox.cannotWrite == "disk full" }
                    await stack.untilRoomShows(10)
                    disk.empty()
                    _ = try await stack.status { $0.outbox.cannotWrite == nil }
                    await stack.stopBeating()
                    try await stack.untilAllDelivered()
                    await uploader.stop()
                }
            }
        }
        try await expectAll(of: stack)
    }

    @Test func run_withADamagedOutbox_movesItAside_andDelivers() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 1024))
        let stack = try await StackFixture(outbox: FilePath(disk.file("outbox.sqlite")))
        try Data(count: 4096).write(to: URL(fileURLWithPath: stack.outbox.string))
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                try await stack.withUploader { uploader in
                    await stack.startBeating()
                    await stack.untilRoomShows(10)
                    let report = try await stack.status { $0.outbox.damagedFiles != nil }
                    #expect(report.outbox.damagedFiles?.count == 1)
                    await stack.stopBeating()
                    try await stack.untilAllDelivered()
                    await uploader.stop()
                }
            }
        }
        try await expectAll(of: stack)
    }

    /// The outbox has received every reading, and the hub has each of them once and in order.
    private func expectAll(of stack: StackFixture) async throws {
        let statistics = try await OutboxReader(path: stack.outbox.string).statistics()
        #expect(statistics.received == Int64(stack.sent.count), "\(stack.log)")
        #expect(statistics.lanes.allSatisfy { $0.waiting == 0 }, "\(stack.log)")
        let hub = try HubStore(path: stack.database.string)
        for user in stack.users {
            let readings = try await hub.readings.oldest(ofUser: user.userID, limit: .max)
            #expect(readings.map(\.heartRate) == stack.sent.rates(of: user.strapAddress), "\(stack.log)")
        }
    }
}
