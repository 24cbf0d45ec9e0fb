import HeartRate
import TestKit
import Testing

@testable import Outbox

/// An outbox that spares the disk, and ends without a word: what it was given is there when it is opened again.
@Suite(.timeLimit(.minutes(1)))
struct SpoolTests {
    let fixture = OutboxFixture()
    let sparing = OutboxOptions(durability: .processCrash)

    /// As a crash does: nothing is flushed, and the lock is free.
    private func crash(_ outbox: Outbox) async {
        await outbox.forgetEverything()
    }

    private func rates(_ outbox: Outbox, after id: Int64 = 0) async throws -> [UInt16?] {
        try await outbox.entries(of: pulsoid, after: id, limit: 100, waits: false).entries.map(\.reading.heartRate)
    }

    @Test(arguments: [Durability.processCrash, .powerLoss])
    func crash_beforeTheFileHasAnything_losesNothing_whateverTheDurabilityAfterwards(next: Durability) async throws {
        let first = try fixture.open(options: sparing)
        for rate: UInt16 in 60...69 { try await first.append(fixture.reading(rate)) }
        try await first.acknowledge(pulsoid, through: 4)
        #expect(try await OutboxReader(path: fixture.path).statistics().received == 0)
        await crash(first)
        let second = try fixture.open(options: OutboxOptions(durability: next))
        #expect(try await second.cursor(of: pulsoid) == 4)
        #expect(try await rates(second, after: 4) == [64, 65, 66, 67, 68, 69])
        #expect(try await second.append(fixture.reading(70)) == 11)
        try await second.close()
        let kept = try await OutboxReader(path: fixture.path).statistics()
        #expect(kept.received == 11)
        #expect(kept.lanes.first?.lastAcknowledgedID == 4)
        #expect(throws: OutboxError.self) { try Spool(forOutboxAt: fixture.path, creates: false) }
    }

    @Test func crash_betweenTheFileAndTheSpool_keepsEachReadingOnce() async throws {
        let first = try fixture.open(options: sparing)
        for rate: UInt16 in 60...62 { try await first.append(fixture.reading(rate)) }
        let spool = try Spool(forOutboxAt: fixture.path, creates: false)
        let records = try spool.records()
        await first.flush()
        #expect(try spool.records().isEmpty)
        try await first.append(fixture.reading(63))
        // The flush had come as far as the file only.
        let later = try Spool(forOutboxAt: fixture.path, creates: false).records()
        try Spool(forOutboxAt: fixture.path, creates: false).replace(records + later)
        await crash(first)
        let second = try fixture.open(options: sparing)
        #expect(try await rates(second) == [60, 61, 62, 63])
        try await second.close()
    }

    @Test func record_cutShort_endsWhatIsRead() throws {
        let entry = OutboxEntry(id: 7, reading: fixture.reading(60))
        var bytes: [UInt8] = []
        SpoolRecord.reading(entry).append(to: &bytes)
        let whole = bytes.count
        SpoolRecord.cursor(pulsoid, 7).append(to: &bytes)
        #expect(SpoolRecord.records(in: bytes[...]) == [.reading(entry), .cursor(pulsoid, 7)])
        for count in whole..<bytes.count {
            #expect(SpoolRecord.records(in: bytes.prefix(count)) == [.reading(entry)])
        }
        for place in bytes.indices {
            var garbled = bytes
            garbled[place] ^= 0x10
            #expect(SpoolRecord.records(in: garbled[...]).count < 2)
        }
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
            group.cancelAll()
        }
        await crash(first)
        let second = try fixture.open(options: sparing)
        let kept = try await second.entries(of: pulsoid, after: 0, limit: 1).entries.first
        #expect(kept?.reading.measuredAtMilliseconds == OutboxClockTests.right - 1000)
        try await second.close()
    }

    @Test func refusal_ofAReadingThatTheFileDoesNotHave_bringsItThereFirst() async throws {
        let outbox = try fixture.open(options: sparing)
        let id = try await outbox.append(fixture.reading(60))
        try await outbox.setAside([id], in: pulsoid, reason: "no")
        let reader = try OutboxReader(path: fixture.path)
        #expect(try await reader.statistics().received == 1)
        #expect(try await reader.statistics().lanes.first?.setAside == 1)
        try await outbox.close()
    }
}

extension Outbox {
    /// Lets go of the lock and the file as the kernel does when a process dies.
    fileprivate func forgetEverything() {
        isClosed = true
        try? store?.close()
        spool = nil
        lock = nil
    }
}

extension Spool {
    fileprivate func replace(_ records: [SpoolRecord]) throws {
        clear()
        try append(records)
    }
}
