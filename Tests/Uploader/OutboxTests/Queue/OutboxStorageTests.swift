import FoundationEssentials
import GRDB
import Glibc
import HeartRate
import Logging
import TestKit
import Testing
import Timing

@testable import Outbox

/// The disk fails under an open outbox, and works again.
@Suite(.timeLimit(.minutes(10)))
struct OutboxStorageTests {
    let fixture = OutboxFixture()

    /// Opens, runs `body` with the outbox running, and ends it as the program would.
    private func whileRunning(
        _ outbox: Outbox, _ body: (isolated (any Actor)?) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await outbox.run() }
            try await body(#isolation)
            group.cancelAll()
        }
    }

    /// Lets the outbox try again, until its file can be written.
    private func untilWritten(_ outbox: Outbox) async throws {
        while await outbox.storageStatus.problem != nil { await outbox.recover() }
    }

    private func stored() async throws -> [UInt16?] {
        var rates: [UInt16?] = []
        var position: Int64 = 0
        let reader = try OutboxReader(path: fixture.path)
        while let page = try await reader.history(after: position) {
            rates += page.entries.map { $0.entry.reading.heartRate }
            position = page.examinedThroughID
        }
        return rates
    }

    @Test func append_whenTheFileFails_lanesGoOnFromMemory_andTheFileHasAllInTheEnd() async throws {
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        try await outbox.append(fixture.reading(60))
        await outbox.break(with: .diskFull)
        for bpm: UInt16 in 61...70 { try await outbox.append(fixture.reading(bpm)) }
        #expect(await outbox.storageStatus.heldReadings == 10)
        #expect(try await outbox.rates(of: pulsoid) == Array(60...70))
        try await outbox.acknowledge(pulsoid, through: 11)
        #expect(try await stored() == [60])
        try await untilWritten(outbox)
        #expect(await outbox.storageStatus == StorageStatus())
        #expect(try await stored() == Array(60...70))
        try await outbox.close()
        let again = try fixture.open(lanes: [pulsoid, cardiogram])
        #expect(try await again.cursor(of: pulsoid) == 11)
        #expect(try await again.rates(of: cardiogram) == Array(60...70))
    }

    @Test func cursor_whileTheFileFails_staysWithinWhatTheFileHas() async throws {
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(60))
        await outbox.break(with: .diskFull)
        try await outbox.append(fixture.reading(61))
        try await outbox.acknowledge(pulsoid, through: 2)
        let statistics = try await OutboxReader(path: fixture.path).statistics()
        #expect(statistics.lanes.first?.lastAcknowledgedID ?? 0 <= 1)
    }

    @Test func setAside_whileTheFileFails_isThereAfterwards() async throws {
        let outbox = try fixture.open()
        await outbox.break(with: .diskFull)
        let id = try await outbox.append(fixture.reading(60))
        try await outbox.setAside([id], in: pulsoid, reason: "no")
        try await outbox.acknowledge(pulsoid, through: id)
        try await untilWritten(outbox)
        #expect(try await OutboxReader(path: fixture.path).setAside().map(\.entry.id) == [id])
    }

    @Test func memory_whenFull_letsWhatWasDeliveredLeaveFirst_andCountsBoth() async throws {
        let outbox = try fixture.open()
        await outbox.break(with: .diskFull)
        let limit = RecentEntries.unwrittenLimit
        try await outbox.append((0..<10).map { fixture.reading(UInt16(60 + $0)) })
        try await outbox.acknowledge(pulsoid, through: 10)
        try await outbox.append((0..<limit - 9).map { _ in fixture.reading(80) })
        #expect(await outbox.storageStatus.lostToHistory == 10)
        try await outbox.append((0..<10).map { _ in fixture.reading(81) })
        let status = await outbox.storageStatus
        #expect(status.lost == RecentEntries.leavingStep)
        #expect(status.heldReadings <= limit)
        try await untilWritten(outbox)
        #expect(try await OutboxReader(path: fixture.path).statistics().lost == Int64(RecentEntries.leavingStep))
        #expect(try await stored().count == limit + 11 - 10 - RecentEntries.leavingStep)
    }

    @Test func run_triesAgainByItself() async throws {
        let outbox = try fixture.open()
        try await whileRunning(outbox) { _ in
            await outbox.break(with: .diskFull)
            try await outbox.append(fixture.reading(60))
            await fixture.clock.waitOut(StorageOutage.firstWait)
            while await outbox.storageStatus.problem != nil { await Task.yield() }
        }
        #expect(try await stored() == [60])
    }

    @Test func stop_whileTheFileFails_triesOnceMore() async throws {
        let outbox = try fixture.open()
        try await whileRunning(outbox) { _ in
            await outbox.break(with: .diskFull)
            try await outbox.append(fixture.reading(60))
        }
        #expect(try await stored() == [60])
    }

    @Test func clockSet_whileTheFileFails_lanesGetTheTimeAtWhichItHappened() async throws {
        let time = ManualTime(wallMilliseconds: 0, bootMilliseconds: 30_000, isTrusted: false)
        let outbox = try fixture.open(time: time)
        try await whileRunning(outbox) { _ in
            let early = Reading(
                strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 60), measuredAtMilliseconds: 0,
                bootMilliseconds: 29_000)
            await fixture.clock.untilSleeping(2)
            await outbox.break(with: .diskFull)
            try await outbox.append(early)
            time.setWall(milliseconds: OutboxClockTests.right)
            await fixture.clock.waitOut(Outbox.clockCheckInterval)
            let next = try await outbox.entries(of: pulsoid, after: 0, limit: 1)
            #expect(next.entries.map(\.reading.measuredAtMilliseconds) == [OutboxClockTests.right - 1000])
        }
    }

    // MARK: The file goes away

    private func remove() {
        for name in ["", "-wal", "-shm"] { unlink(fixture.path + name) }
    }

    @Test func file_whenRemoved_isWrittenAgainWithAllThatItHeld() async throws {
        let outbox = try fixture.open()
        try await outbox.appendEach([60, 61].map { fixture.reading($0) })
        remove()
        fixture.time.advance(milliseconds: 10_000)
        try await outbox.append(fixture.reading(62))
        #expect(await outbox.storageStatus.summary == "its file is gone")
        try await untilWritten(outbox)
        try await outbox.append(fixture.reading(63))
        #expect(try await stored() == [60, 61, 62, 63])
        #expect(try await outbox.rates(of: pulsoid) == [60, 61, 62, 63])
    }

    @Test func file_whenReplaced_isWrittenAgain_andTheOtherIsKept() async throws {
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(60))
        let note = fixture.directory.file("note")
        try Data("a note".utf8).write(to: URL(fileURLWithPath: note))
        rename(note, fixture.path)
        fixture.time.advance(milliseconds: 10_000)
        try await outbox.append(fixture.reading(61))
        try await untilWritten(outbox)
        #expect(try await stored() == [60, 61])
        let found = try #require(
            try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path)
                .first { $0.contains(".found-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") })
        #expect(FileManager.default.contents(atPath: fixture.directory.file(found)) == Data("a note".utf8))
    }

    // MARK: Damage

    private func overwrite(_ bytes: [UInt8], at offset: off_t) {
        let descriptor = open(fixture.path, O_WRONLY)
        pwrite(descriptor, bytes, bytes.count, offset)
        close(descriptor)
    }

    @Test func file_whenDamagedAtTheStart_isMovedAside_andANewOneIsBegun() async throws {
        let first = try fixture.open()
        try await first.append(fixture.reading(60))
        try await first.close()
        overwrite([UInt8](repeating: 0xA5, count: 60), at: 0)
        let damaged = FileManager.default.contents(atPath: fixture.path)
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(61))
        #expect(try await outbox.rates(of: pulsoid) == [61])
        let aside = OutboxFile.damagedFiles(of: fixture.path)
        #expect(aside.count == 1)
        #expect(aside.first.map { FileManager.default.contents(atPath: $0) } == damaged)
    }

    @Test func file_whenFoundDamagedWhileOpen_isMovedAside_andReadingsInMemoryGoOn() async throws {
        let outbox = try fixture.open()
        try await outbox.appendEach([60, 61].map { fixture.reading($0) })
        await outbox.break(with: .damaged)
        try await outbox.append(fixture.reading(62))
        try await untilWritten(outbox)
        #expect(OutboxFile.damagedFiles(of: fixture.path).count == 1)
        #expect(try await outbox.rates(of: pulsoid) == [60, 61, 62])
        #expect(try await stored() == [60, 61, 62])
    }

    @Test func cursorAndID_whenDamageMadeThemHuge_laneGoesOn() async throws {
        let first = try fixture.open()
        try await first.append(fixture.reading(60))
        try await first.close()
        let shell = try DatabaseQueue(path: fixture.path)
        try await shell.write { db in
            try db.execute(sql: "UPDATE lane SET cursor = 1 << 60")
            try db.execute(
                sql: "INSERT INTO reading SELECT 1 << 50, strap, boot, wall_ms, boot_ms, 61, 3, NULL, NULL FROM reading"
            )
        }
        try shell.close()
        let outbox = try fixture.open()
        #expect(try await outbox.entries(of: pulsoid, after: 0, limit: 9).entries.count == 2)
        try await outbox.append(fixture.reading(62))
        #expect(try await outbox.rates(of: pulsoid) == [62])
    }

    @Test func file_whenEverythingIsGarbled_isMovedAsideOnce() async throws {
        let outbox = try fixture.open()
        for _ in 1...3 {
            await outbox.break(with: .damaged)
            try await untilWritten(outbox)
        }
        #expect(OutboxFile.damagedFiles(of: fixture.path).count == 1)
    }

    /// What a failing card or a cut of power may leave; the readings are on enough pages for most flips to hit one.
    @Test(arguments: 0..<50)
    func file_withBytesFlipped_opensOrIsMovedAside(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        var outbox: Outbox? = try fixture.open()
        try await outbox?.append((0..<300).map { fixture.reading(UInt16(60 + $0 % 100)) })
        // A log is there after a crash only: the file is copied as it is, and the copy put in its place.
        let names = ["", "-wal"]
        let files = names.map { FileManager.default.contents(atPath: fixture.path + $0) ?? Data() }
        try await outbox?.close()
        outbox = nil
        let victim = Int.random(in: 0...1, using: &generator)
        for (place, name) in names.enumerated() {
            var file = files[place]
            if place == victim || file.isEmpty { file.damage(using: &generator) }
            try file.write(to: URL(fileURLWithPath: fixture.path + name))
        }
        let opened = try fixture.open()
        for bpm: UInt16 in 200...203 { try await opened.append(fixture.reading(bpm)) }
        try await untilWritten(opened)
        var position: Int64 = 0
        var last: [UInt16?] = []
        while true {
            do {
                let next = try await opened.entries(of: pulsoid, after: position, limit: 64, waits: false)
                guard let id = next.entries.last?.id else { break }
                last += next.entries.map(\.reading.heartRate)
                position = id
            } catch let error as OutboxError {
                #expect(error.meansDamage, "\(error)")
                try await untilWritten(opened)
            }
        }
        #expect(last.suffix(4) == [200, 201, 202, 203])
    }
}

extension Data {
    /// Flips some bytes, or cuts the end off.
    fileprivate mutating func damage(using generator: inout SplitMix64) {
        guard !isEmpty else { return }
        if Int.random(in: 0..<5, using: &generator) == 0 {
            removeLast(Int.random(in: 1...count, using: &generator))
            return
        }
        for _ in 0..<Int.random(in: 1...200, using: &generator) {
            self[Int.random(in: 0..<count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
    }
}

extension Outbox {
    /// As if the file had answered so.
    fileprivate func `break`(with code: OutboxError.Code) {
        beginOutage(OutboxError(code, path: path, detail: "a test"))
    }
}
