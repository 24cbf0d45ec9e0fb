import FoundationEssentials
import Glibc
import Logging
import TestKit
import Testing

@testable import Outbox

/// A real file system that is full, read-only, or gone.
@Suite(.timeLimit(.minutes(10)), .enabled("only root may mount a small disk") { SmallDisk.isPermitted })
struct OutboxDiskTests {
    let fixture = OutboxFixture()

    private func open(on disk: SmallDisk) throws -> Outbox {
        try Outbox(
            path: disk.file("outbox.sqlite"), lanes: [pulsoid], time: fixture.time, clock: fixture.clock,
            logger: fixture.logger)
    }

    private func received(on disk: SmallDisk) async throws -> [UInt16?] {
        let page = try await OutboxReader(path: disk.file("outbox.sqlite")).history(after: 0)
        return page?.entries.map { $0.entry.reading.heartRate } ?? []
    }

    private func untilWritten(_ outbox: Outbox) async throws {
        while await outbox.storageStatus.problem != nil { await outbox.recover() }
    }

    private func appendUntilHeld(_ outbox: Outbox) async throws -> Int {
        var count = 0
        while await outbox.storageStatus.heldReadings < 20 {
            try await outbox.append(fixture.reading(UInt16(30 + count % 200)))
            count += 1
            try #require(count < 20_000, "the disk is never full")
        }
        return count
    }

    @Test func disk_whenFull_readingsWaitInMemory_andAreThereOnceThereIsRoom() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 512))
        let outbox = try open(on: disk)
        disk.fill(leavingKibibytes: 32)
        let count = try await appendUntilHeld(outbox)
        #expect(await outbox.storageStatus.summary == "disk full")
        await outbox.recover()
        #expect(await outbox.storageStatus.summary == "disk full")
        let lane = try await outbox.entries(of: pulsoid, after: Int64(count) - 5, limit: 9)
        #expect(lane.entries.map(\.id) == (count - 4...count).map(Int64.init))
        disk.empty()
        try await untilWritten(outbox)
        #expect(try await received(on: disk) == (0..<count).map { UInt16(30 + $0 % 200) })
        try await outbox.close()
    }

    @Test func acknowledgement_asTheOutageEnds_isInTheFile() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 512))
        let outbox = try open(on: disk)
        disk.fill(leavingKibibytes: 32)
        _ = try await appendUntilHeld(outbox)
        disk.empty()
        async let recovered: Void = outbox.recover()
        await withCheckedContinuation { acknowledgeAsOutageEnds(of: outbox, $0) }
        await recovered
        let lanes = try await outbox.statistics().lanes
        #expect(try await lanes.map(\.lastAcknowledgedID) == [outbox.cursor(of: pulsoid)])
        try await outbox.close()
    }

    /// Acknowledges one reading each time that the outbox's thread does something else between the last commit and the
    /// end of the outage.
    private func acknowledgeAsOutageEnds(of outbox: Outbox, _ ended: CheckedContinuation<Void, Never>) {
        outbox.onThread { outbox in
            guard outbox.recovery.outage != nil else { return ended.resume() }
            if outbox.recent.unwritten.isEmpty, let cursor = try? outbox.cursor(of: pulsoid), cursor < outbox.newestID {
                try? outbox.acknowledge(pulsoid, through: cursor + 1)
            }
            acknowledgeAsOutageEnds(of: outbox, ended)
        }
    }

    @Test func disk_whenFullAtTheStart_isWaitedFor() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 512))
        disk.fill()
        let outbox = try open(on: disk)
        #expect(await outbox.storageStatus.summary == "disk full")
        for bpm: UInt16 in 60...64 { try await outbox.append(fixture.reading(bpm)) }
        #expect(try await outbox.rates(of: pulsoid) == Array(60...64))
        disk.empty()
        try await untilWritten(outbox)
        #expect(try await received(on: disk) == Array(60...64))
        try await outbox.close()
    }

    @Test(arguments: [false, true])
    func disk_whenUnwritableAtTheStart_andThereIsABacklog_bothAreDelivered(isFull: Bool) async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 512))
        let first = try open(on: disk)
        try await first.appendEach([60, 61].map { fixture.reading($0) })
        try await first.close()
        if isFull { disk.fill() } else { try await disk.setReadOnly(true) }
        let outbox = try open(on: disk)
        #expect(await outbox.storageStatus.summary == (isFull ? "disk full" : "disk read-only"))
        try await outbox.append(fixture.reading(62))
        #expect(try await outbox.rates(of: pulsoid) == [60, 61, 62])
        try await outbox.acknowledge(pulsoid, through: 2)
        if isFull { disk.empty() } else { try await disk.setReadOnly(false) }
        try await untilWritten(outbox)
        try await outbox.append(fixture.reading(63))
        #expect(try await received(on: disk) == [60, 61, 62, 63])
        #expect(try await outbox.rates(of: pulsoid) == [62, 63])
        try await outbox.close()
    }

    @Test func disk_whenTakenAway_nothingIsBegunBelow_untilAnotherIsThere() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 512))
        let outbox = try open(on: disk)
        try await outbox.append(fixture.reading(60))
        disk.detach()
        fixture.time.advance(milliseconds: 10_000)
        try await outbox.append(fixture.reading(61))
        await outbox.recover()
        #expect(await outbox.storageStatus.summary == "its file is gone")
        #expect(access(disk.file("outbox.sqlite"), F_OK) != 0)
        #expect(try await outbox.rates(of: pulsoid) == [60, 61])
        try await outbox.close()
    }

    /// A stick that is pulled out and put in again is another device to the kernel.
    @Test func disk_whenTakenAwayAndBack_readingsGoOnInTheSameFile() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 512))
        let outbox = try open(on: disk)
        try await outbox.append(fixture.reading(60))
        let copy = TemporaryDirectory()
        for name in Self.files { try copyFile(disk.file(name), to: copy.file(name)) }
        disk.detach()
        fixture.time.advance(milliseconds: 10_000)
        try await outbox.append(fixture.reading(61))
        #expect(disk.attach())
        for name in Self.files { try copyFile(copy.file(name), to: disk.file(name)) }
        try await untilWritten(outbox)
        try await outbox.append(fixture.reading(62))
        #expect(try await received(on: disk) == [60, 61, 62])
        try await outbox.close()
    }

    @Test func disk_whenAnotherOneComesInstead_itsOutboxIsLeftAlone() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 512))
        let outbox = try open(on: disk)
        try await outbox.append(fixture.reading(60))
        let other = OutboxFixture(time: ManualTime(bootID: "another boot"))
        try await other.open().close()
        disk.detach()
        #expect(disk.attach())
        try copyFile(other.path, to: disk.file("outbox.sqlite"))
        fixture.time.advance(milliseconds: 10_000)
        try await outbox.append(fixture.reading(61))
        await outbox.recover()
        #expect(await outbox.storageStatus.summary == "its file is gone")
        #expect(try await received(on: disk) == [])
        try await outbox.close()
    }

    private static let files = ["outbox.sqlite", "outbox.sqlite-wal"]

    private func copyFile(_ from: String, to: String) throws {
        try FileManager.default.copyItem(atPath: from, toPath: to)
    }
}
