import FoundationEssentials
import GRDB
import TestKit
import Testing

@testable import Outbox

/// An outbox that spares the disk, and ends without a word: what it was given is there when it is opened again.
@Suite(.timeLimit(.minutes(10)))
struct SpoolTests {
    let fixture = OutboxFixture()
    let sparing = OutboxOptions(durability: .processCrash)

    private func rates(_ outbox: Outbox, after id: Int64 = 0) async throws -> [UInt16?] {
        try await outbox.entries(of: pulsoid, after: id, limit: 100, waits: false).entries.map(\.reading.heartRate)
    }

    private func inFile() async throws -> Int? {
        try await DatabaseQueue(path: fixture.path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM reading") }
    }

    @Test(arguments: [Durability.processCrash, .powerLoss])
    func crash_beforeTheFileHasAnything_losesNothing_whateverTheDurabilityAfterwards(next: Durability) async throws {
        let first = try fixture.open(options: sparing)
        for rate: UInt16 in 60...69 { try await first.append(fixture.reading(rate)) }
        try await first.acknowledge(pulsoid, through: 4)
        #expect(try await inFile() == 0)
        await first.crash()
        let second = try fixture.open(options: OutboxOptions(durability: next))
        #expect(try await second.cursor(of: pulsoid) == 4)
        #expect(try await rates(second, after: 4) == [64, 65, 66, 67, 68, 69])
        #expect(try await second.append(fixture.reading(70)) == 11)
        try await second.close()
        #expect(try await inFile() == 11)
        let kept = try await OutboxReader(path: fixture.path).statistics()
        #expect(kept.lanes.map(\.lastAcknowledgedID) == [4])
        #expect(Spool.content(forOutboxAt: fixture.path) == nil, "nothing is left in memory")
    }

    @Test func crash_betweenTheFileAndTheSpool_keepsEachReadingOnce() async throws {
        let first = try fixture.open(options: sparing)
        for rate: UInt16 in 60...62 { try await first.append(fixture.reading(rate)) }
        await first.writeNew()
        #expect(try await inFile() == 3)
        try await first.append(fixture.reading(63))
        await first.crash()
        let second = try fixture.open(options: sparing)
        #expect(try await rates(second) == [60, 61, 62, 63])
        try await second.close()
        #expect(try await inFile() == 4)
    }

    @Test func onlooker_seesWhatTheFileDoesNotHaveYet() async throws {
        let outbox = try fixture.open(options: sparing)
        for rate: UInt16 in 60...64 { try await outbox.append(fixture.reading(rate)) }
        try await outbox.append(fixture.reading(0))
        try await outbox.acknowledge(pulsoid, through: 2)
        let reader = try OutboxReader(path: fixture.path)
        let statistics = try await reader.statistics()
        #expect(statistics.received == 6)
        #expect(statistics.lanes.map(\.waiting) == [3])
        let progress = try await reader.progress()
        #expect(progress.lanes.first?.waiting.contains(2) == false)
        #expect(progress.lanes.first?.waiting.contains(3) == true)
        let page = try await reader.history(after: 1)
        #expect(page?.entries.map(\.entry.id) == [2, 3, 4, 5, 6])
        #expect(try await reader.history(after: 6) == nil)
        #expect(try await reader.heartRates(of: "chest", in: RangeSet(2..<5)).map(\.entry.id) == [2, 3, 4])
        await outbox.flush()
        #expect(try await reader.statistics().lanes == statistics.lanes)
        #expect(try await reader.heartRates(of: "chest", in: RangeSet(2..<5)).map(\.entry.id) == [2, 3, 4])
        try await outbox.close()
    }

    @Test func clockSet_whatWaitsIsNotedWithItsTime() async throws {
        let time = ManualTime(wallMilliseconds: 86_400_000, bootMilliseconds: 30_000, isTrusted: false)
        let fixture = OutboxFixture(time: time)
        let first = try fixture.open(options: sparing)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await first.run() }
            await fixture.clock.untilSleeping(3)
            try await first.append(fixture.reading(60))
            time.advance(milliseconds: 1000)
            time.setWall(milliseconds: OutboxClockTests.right)
            await fixture.clock.waitOut(.seconds(1))
            let entry = try await first.entries(of: pulsoid, after: 0, limit: 1).entries.first
            #expect(entry?.reading.measuredAtMilliseconds == OutboxClockTests.right - 1000)
            await first.crash()
            group.cancelAll()
        }
        let second = try fixture.open(options: sparing)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await second.run() }
            let kept = try await second.entries(of: pulsoid, after: 0, limit: 1).entries.first
            #expect(kept?.reading.measuredAtMilliseconds == OutboxClockTests.right - 1000)
            group.cancelAll()
        }
        try await second.close()
    }

    @Test func refusal_ofAReadingThatTheFileDoesNotHave_bringsItThereFirst() async throws {
        let outbox = try fixture.open(options: sparing)
        let id = try await outbox.append(fixture.reading(60))
        try await outbox.setAside([id], in: pulsoid, reason: "no")
        #expect(try await inFile() == 1)
        #expect(try await OutboxReader(path: fixture.path).statistics().lanes.map(\.setAside) == [1])
        try await outbox.close()
    }

    @Test func spool_whenItFails_whatItHeldGoesToTheFileWithTheNextFlush() async throws {
        let outbox = try fixture.open(options: sparing)
        try await outbox.append(fixture.reading(60))
        await outbox.breakSpool()
        try await outbox.acknowledge(pulsoid, through: 1)
        #expect(try await inFile() == 0)
        await outbox.flush()
        #expect(try await inFile() == 1)
        try await outbox.close()
        let second = try fixture.open(options: sparing)
        #expect(try await second.cursor(of: pulsoid) == 1)
        #expect(try await second.append(fixture.reading(61)) == 2)
        try await second.close()
        #expect(try await inFile() == 2)
    }

    @Test func folderOfAnotherUser_isNotTaken_andEachReadingGoesToTheFile() async throws {
        try await fixture.open().close()
        let place = try SpoolPlace(forOutboxAt: fixture.path)
        let folder = String(place.file.prefix(through: place.file.lastIndex(of: "/") ?? place.file.startIndex))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
        let outbox = try fixture.open(options: sparing)
        try await outbox.append(fixture.reading(60))
        #expect(try await inFile() == 1)
        try await outbox.close()
    }
}

extension Outbox {
    /// Whatever is noted there from now on fails.
    fileprivate func breakSpool() {
        spool?.close()
    }

    /// Lets go of the lock and the files as the kernel does when a process dies.
    fileprivate func crash() {
        isClosed = true
        try? connection.store.take()?.close()
        spool?.close()
        spool = nil
        connection.releaseLock()
    }
}
