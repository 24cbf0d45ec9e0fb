import Outbox
import TestKit
import Testing

/// The calls that do not wake the outbox's thread.
@Suite(.timeLimit(.minutes(10)))
struct OutboxPatienceTests {
    private let fixture = OutboxFixture()

    @Test func acknowledgeSoon_isDoneBeforeWhateverIsAskedAfterwards() async throws {
        let outbox = try fixture.open()
        for bpm: UInt16 in 1...100 {
            let id = try await outbox.append(fixture.reading(bpm))
            outbox.acknowledgeDeferred(pulsoid, through: id)
            #expect(try await outbox.cursor(of: pulsoid) == id)
        }
    }

    @Test func acknowledgeSoon_isInTheFileWithTheNextAppend() async throws {
        let outbox = try fixture.open()
        for bpm: UInt16 in 1...10 {
            let id = try await outbox.append(fixture.reading(bpm))
            outbox.acknowledgeDeferred(pulsoid, through: id)
            try await outbox.append(fixture.reading(bpm))
            let lane = try await outbox.statistics().lanes.first { $0.lane == pulsoid }
            #expect(lane?.waiting == 1)
        }
    }

    @Test func acknowledgeSoon_whenTheOutboxIsClosed_isInTheFile() async throws {
        let outbox = try fixture.open()
        let id = try await outbox.append(fixture.reading(60))
        outbox.acknowledgeDeferred(pulsoid, through: id)
        try await outbox.close()
        #expect(try await fixture.open().cursor(of: pulsoid) == id)
    }

    /// Were one missed, it would wait until something else is asked of the outbox.
    @Test func entries_whenAppendedWhileALaneAsksForThem_areMissedByNoRequest() async throws {
        let outbox = try fixture.open()
        let count: Int64 = 1000
        async let last = lastRead(through: count, from: outbox)
        for number in 1...count { try await outbox.append(fixture.reading(UInt16(number))) }
        #expect(try await last == count)
    }

    private func lastRead(through end: Int64, from outbox: Outbox) async throws -> Int64 {
        var position: Int64 = 0
        while position < end {
            position = try await outbox.entries(of: pulsoid, after: position, limit: 1).entries.last?.id ?? position
        }
        return position
    }
}
