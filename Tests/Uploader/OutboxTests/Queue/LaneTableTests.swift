import HeartRate
import Testing

@testable import Outbox

@Suite struct LaneTableTests {
    private let pulsoid = Lane(strap: "chest", destination: "pulsoid")
    private let cardiogram = Lane(strap: "chest", destination: "cardiogram")
    private let other = Lane(strap: "arm", destination: "pulsoid")

    private func entry(_ id: Int64, strap: String = "chest", contact: SensorContact = .detected) -> OutboxEntry {
        OutboxEntry(
            id: id,
            reading: Reading(
                strap: strap, measurement: HeartRateMeasurement(beatsPerMinute: 60, contact: contact),
                measuredAtMilliseconds: 0, bootMilliseconds: 0))
    }

    @Test func cursor_neverMovesBack() {
        var table = LaneTable([pulsoid: .init(id: 1, cursor: 5)])
        table.move(pulsoid, to: 3)
        table.move(cardiogram, to: 3)
        #expect(table[pulsoid]?.cursor == 5 && table[cardiogram] == nil)
        table.move(pulsoid, to: 7)
        #expect(table[pulsoid]?.cursor == 7)
        #expect(table.cursors(inFileThrough: 6).map(\.reading) == [6])
    }

    @Test func reading_isPassed_whenAllLanesOfItsStrapHavePassedIt() {
        let table = LaneTable([
            pulsoid: .init(id: 1, cursor: 5), cardiogram: .init(id: 2, cursor: 4), other: .init(id: 3, cursor: 0),
        ])
        #expect(table.havePassed(entry(4)) && !table.havePassed(entry(5)))
        #expect(table.havePassed(entry(9, contact: .notDetected)), "no heart rate: no lane awaits it")
        #expect(table.havePassed(entry(9, strap: "leg")), "a strap without a lane")
    }

    @Test func declaredLane_keepsTheCursorInMemory_andNoneIsBeyondTheReadings() {
        var table = LaneTable([pulsoid: .init(id: 1, cursor: 9), other: .init(id: 3, cursor: 2)])
        table.declare([pulsoid: (id: 1, cursor: 4), cardiogram: (id: 7, cursor: 50)], newestID: 9)
        #expect(table.lanes == [pulsoid, cardiogram])
        #expect(table[pulsoid]?.cursor == 9 && table[cardiogram]?.cursor == 9)
        table.renumber([pulsoid: (id: 12, cursor: 0)])
        #expect(table[pulsoid]?.id == 12 && table[pulsoid]?.cursor == 9)
    }

    @Test func expiredReadings_areCountedUntilTheFileHasThem() {
        var table = LaneTable([pulsoid: .init(id: 1, cursor: 0)])
        table.countExpired(2, in: pulsoid)
        table.countExpired(3, in: pulsoid)
        #expect(table.uncountedExpired == [pulsoid: 5])
        table.expiredAreCounted(in: pulsoid)
        #expect(table.uncountedExpired.isEmpty)
    }
}
