import FoundationEssentials
import GRDB
import Outbox
import TestKit
import Testing
import Timing

/// What a service refused: seen, put back, and sent again.
@Suite(.timeLimit(.minutes(10)))
struct DeadLetterTests {
    let fixture = OutboxFixture()

    /// Four readings, of which the first three are set aside.
    private func openOutbox(lanes: [Lane] = [pulsoid]) async throws -> Outbox {
        let outbox = try fixture.open(lanes: lanes)
        try await outbox.appendEach((60...63).map { fixture.reading($0) })
        try await outbox.setAside([1, 2, 3], in: pulsoid, reason: "too odd")
        try await outbox.acknowledge(pulsoid, through: 4)
        return outbox
    }

    private func putBackIDs(_ outbox: Outbox, limit: Int = 100) async throws -> [Int64] {
        try await outbox.requeued(in: pulsoid, after: 0, limit: limit).entries.map(\.id)
    }

    @Test func readings_whenPutBackBesideARunningOutbox_areReadInOrder() async throws {
        let outbox = try await openOutbox()
        let retry = try DeadLetterRequeue(path: fixture.path)
        #expect(try await putBackIDs(outbox).isEmpty)
        #expect(try await retry.requeue([3, 1]).requeued == 2)
        #expect(try await putBackIDs(outbox) == [1, 3])
        let first = try await outbox.requeued(in: pulsoid, after: 0, limit: 1)
        #expect(first.entries.map(\.id) == [1] && !first.reachesNewest)
        #expect(try await outbox.requeued(in: pulsoid, after: 1, limit: 1).reachesNewest)
        #expect(try await outbox.append(fixture.reading(64)) == 5, "the outbox goes on")
        #expect(try await retry.requeueAll() == .init(requeued: 3, undeclared: 0, missing: []))
        #expect(try await putBackIDs(outbox) == [1, 2, 3])
    }

    @Test func reading_whenDelivered_isNoLongerSetAside_andMayLeave() async throws {
        let outbox = try await openOutbox()
        _ = try await DeadLetterRequeue(path: fixture.path).requeueAll()
        try await outbox.removeDeadLetters([1, 2], in: pulsoid)
        #expect(try await putBackIDs(outbox) == [3])
        #expect(try await OutboxReader(path: fixture.path).setAside().map(\.entry.id) == [3])
    }

    @Test func reading_whenRefusedAgain_isCounted_andWaitsForThePersonAgain() async throws {
        let outbox = try await openOutbox()
        _ = try await DeadLetterRequeue(path: fixture.path).requeue([2])
        fixture.time.advance(milliseconds: 5_000)
        try await outbox.setAside([2], in: pulsoid, reason: "still odd")
        #expect(try await putBackIDs(outbox).isEmpty)
        let entry = try #require(try await OutboxReader(path: fixture.path).setAside(limit: 1).first)
        #expect(entry.id == 2, "latest first")
        #expect(entry.refusals == 2 && entry.reason == "still odd" && !entry.isRequeued)
        #expect(entry.setAsideAtMilliseconds == fixture.time.now().wallMilliseconds)
    }

    @Test func retry_ofAReadingThatIsNotSetAside_namesIt() async throws {
        let outbox = try await openOutbox()
        let result = try await DeadLetterRequeue(path: fixture.path).requeue([4, 2, 99])
        #expect(result == .init(requeued: 1, undeclared: 0, missing: [4, 99]))
        #expect(try await putBackIDs(outbox) == [2])
    }

    @Test func retry_ofADestinationThatIsNoLongerDeclared_leavesItSetAside() async throws {
        try await openOutbox(lanes: [pulsoid, cardiogram]).close()
        let outbox = try fixture.open(lanes: [cardiogram])
        let retry = try DeadLetterRequeue(path: fixture.path)
        #expect(try await retry.requeueAll() == .init(requeued: 0, undeclared: 3, missing: []))
        let entries = try await OutboxReader(path: fixture.path).setAside()
        #expect(entries.allSatisfy { !$0.isRequeued && !$0.isLaneDeclared })
        try await outbox.close()
    }

    @Test func selection_picksLanes() async throws {
        let outbox = try await openOutbox(lanes: [pulsoid, cardiogram])
        try await outbox.setAside([1], in: cardiogram, reason: "odd too")
        let reader = try OutboxReader(path: fixture.path)
        let retry = try DeadLetterRequeue(path: fixture.path)
        #expect(try await reader.setAsideCount() == 4)
        #expect(try await reader.setAsideCount(of: .init(destination: "cardiogram")) == 1)
        #expect(try await reader.setAside(of: .init(strap: "other")).isEmpty)
        #expect(try await retry.requeue([1], of: .init(destination: "cardiogram")).requeued == 1)
        #expect(try await putBackIDs(outbox).isEmpty)
        #expect(try await retry.requeueAll(of: .init(strap: "chest", destination: "pulsoid")).requeued == 3)
    }

    @Test func retry_ofMoreThanOneCommitTakes_marksAll() async throws {
        let outbox = try fixture.open()
        try await outbox.append((0..<1_234).map { _ in fixture.reading(60) })
        try await outbox.setAside(Array(1...1_234), in: pulsoid, reason: "all odd")
        #expect(try await DeadLetterRequeue(path: fixture.path).requeueAll().requeued == 1_234)
        #expect(try await putBackIDs(outbox, limit: 2_000).count == 1_234)
    }

    @Test func putBack_whileUploadsWaitForTheClock_isNotRead() async throws {
        let outbox = try fixture.open(time: ManualTime(isTrusted: false))
        try await outbox.append(fixture.reading(60))
        try await outbox.setAside([1], in: pulsoid, reason: "odd")
        _ = try await DeadLetterRequeue(path: fixture.path).requeueAll()
        #expect(try await putBackIDs(outbox).isEmpty)
    }

    @Test func record_tellsHowItStandsWithEveryDestination() async throws {
        let outbox = try await openOutbox(lanes: [pulsoid, cardiogram])
        let reader = try OutboxReader(path: fixture.path)
        let record = try #require(try await reader.record(of: 2))
        #expect(record.entry.reading.heartRate == 61 && record.isClockTrusted)
        #expect(record.lanes.map(\.lane) == [cardiogram, pulsoid])
        #expect(record.lanes.map(\.isPassed) == [false, true])
        #expect(record.lanes.map { $0.setAside?.reason } == [nil, "too odd"])
        #expect(try await reader.record(of: 99) == nil)
        try await outbox.close()
    }

    @Test func file_ofTheFirstSchema_isTold_andBroughtUpToDateByTheUploader() async throws {
        try await openOutbox().close()
        let old = try DatabaseQueue(path: fixture.path)
        try await old.write { db in
            try db.execute(
                sql: """
                    DELETE FROM grdb_migrations WHERE identifier >= '2';
                    DROP TABLE gap;
                    ALTER TABLE lane DROP COLUMN too_old;
                    ALTER TABLE set_aside DROP COLUMN refusals;
                    ALTER TABLE set_aside DROP COLUMN is_put_back;
                    """)
        }
        try old.close()
        let error = await #expect(throws: OutboxError.self) { try await OutboxReader(path: fixture.path).setAside() }
        #expect(error?.code == .olderSchema)
        #expect(throws: OutboxError.self) { try DeadLetterRequeue(path: fixture.path) }
        #expect(try await OutboxReader(path: fixture.path).statistics().lanes.first?.setAside == 3, "status works")
        try await fixture.open().close()
        #expect(try await OutboxReader(path: fixture.path).setAside().map(\.refusals) == [1, 1, 1])
    }

    @Test func append_besideRetriesWithoutEnd_neverFails() async throws {
        let outbox = try await openOutbox()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let retry = try DeadLetterRequeue(path: fixture.path)
                while !Task.isCancelled { _ = try await retry.requeueAll() }
            }
            for bpm in UInt16(1)...300 {
                try await outbox.append(fixture.reading(bpm))
                try await outbox.acknowledge(pulsoid, through: Int64(bpm) + 4)
                if bpm % 10 == 0 { try await outbox.setAside([1], in: pulsoid, reason: "odd") }
            }
            group.cancelAll()
        }
        #expect(try await outbox.cursor(of: pulsoid) == 304)
    }

    @Test func file_thatIsEmptyOrAFolder_isNoOutbox() async throws {
        try Data().write(to: URL(filePath: fixture.path))
        let error = #expect(throws: OutboxError.self) { try DeadLetterRequeue(path: fixture.path) }
        #expect(error?.code == .notAnOutbox)
        let readError = await #expect(throws: OutboxError.self) {
            try await OutboxReader(path: fixture.path).setAside()
        }
        #expect(readError?.code == .notAnOutbox)
        #expect(throws: OutboxError.self) { try OutboxReader(path: fixture.directory.path) }
    }

    @Test func retry_ofNoFile_isTold_andMakesNone() {
        let error = #expect(throws: OutboxError.self) { try DeadLetterRequeue(path: fixture.path) }
        #expect(error?.code == .missing)
        #expect(throws: OutboxError.self, "still none") { try OutboxReader(path: fixture.path) }
    }
}
