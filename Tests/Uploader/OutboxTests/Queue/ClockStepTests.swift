import HeartRate
import TestKit
import Testing
import Timing

@testable import Outbox

/// A clock that is believed, and steps: set by hand, by a time server that errs, by a leap second.
@Suite(.timeLimit(.minutes(10)))
struct ClockStepTests {
    private static let second: Int64 = 1000
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000
    private static let year = 365 * day

    let fixture = OutboxFixture()

    private func step(by milliseconds: Int64) {
        fixture.time.setWall(milliseconds: fixture.time.now().wallMilliseconds + milliseconds)
    }

    private func kept(_ outbox: Outbox) async throws -> [UInt16?] {
        try await outbox.entries(of: pulsoid, after: 0, limit: 10_000, waits: false).entries.map(\.reading.heartRate)
    }

    @Test(arguments: [[-hour], [year], [-hour, year], [year, -hour], [-second], [10 * year, -10 * year]])
    func clock_whenItSteps_bothDestinationsGetTheReadingsInTheOrderOfArrival(steps: [Int64]) async throws {
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        var walls: [Int64] = []
        for (index, change) in ([0] + steps).enumerated() {
            step(by: change)
            for beat in UInt16(0)...1 {
                fixture.time.advance(milliseconds: Self.second)
                walls.append(fixture.time.now().wallMilliseconds)
                try await outbox.append(fixture.reading(UInt16(60 + 10 * index) + beat))
            }
        }
        for lane in [pulsoid, cardiogram] {
            let entries = try await outbox.entries(of: lane, after: 0, limit: 100).entries
            #expect(entries.map(\.id) == Array(1...Int64(walls.count)))
            #expect(entries.map(\.reading.measuredAtMilliseconds) == walls)
            #expect(entries.map(\.reading.bootMilliseconds) == entries.map(\.reading.bootMilliseconds).sorted())
        }
    }

    @Test(arguments: [10 * year, -10 * year, -2 * day])
    func history_whenTheClockLeaps_stays_andLeavesInItsTime(leap: Int64) async throws {
        let outbox = try fixture.open()
        try await outbox.appendEach((60...62).map { fixture.reading($0) })
        try await outbox.acknowledge(pulsoid, through: 3)
        step(by: leap)
        try await outbox.append(fixture.reading(70))
        try await outbox.prune()
        #expect(try await kept(outbox) == [60, 61, 62, 70], "nothing is a day old")
        step(by: -leap)
        try await outbox.appendEach([fixture.reading(80), fixture.reading(81)])
        try await outbox.acknowledge(pulsoid, through: 6)
        try await outbox.prune()
        #expect(try await kept(outbox).contains(80))
        fixture.time.advance(milliseconds: 31 * Self.day)
        try await outbox.prune()
        #expect(try await kept(outbox) == [81], "the newest stays, and a wrong time holds nothing up")
    }

    @Test func readingsOfABootWhoseClockWasNeverSet_leaveWithThoseAfterThem() async throws {
        let before = try fixture.open()
        try await before.appendEach([fixture.reading(60), fixture.reading(61)])
        try await before.acknowledge(pulsoid, through: 2)
        try await before.close()
        let neverSet = ManualTime(wallMilliseconds: 5_000, bootMilliseconds: 5_000, bootID: "boot-2", isTrusted: false)
        let during = try fixture.open(options: OutboxOptions(clockWait: .zero), time: neverSet)
        for rate in UInt16(70)...71 {
            try await during.append(
                Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: rate),
                    measuredAtMilliseconds: 5_000, bootMilliseconds: 5_000))
        }
        try await during.acknowledge(pulsoid, through: 4)
        try await during.close()
        let time = ManualTime(wallMilliseconds: fixture.time.now().wallMilliseconds + Self.hour, bootID: "boot-3")
        let after = try fixture.open(time: time)
        func append(_ rate: UInt16) async throws {
            try await after.append(
                Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: rate),
                    measuredAtMilliseconds: time.now().wallMilliseconds, bootMilliseconds: time.now().bootMilliseconds))
        }
        try await append(80)
        try await after.acknowledge(pulsoid, through: 5)
        try await after.prune()
        #expect(try await kept(after) == [60, 61, 70, 71, 80], "1970 is no age")
        time.advance(milliseconds: 31 * Self.day)
        try await append(90)
        try await after.acknowledge(pulsoid, through: 6)
        try await after.prune()
        #expect(try await kept(after) == [90])
    }

    @Test func manyReadingsOfAWrongClock_doNotHoldUpTheOthers() async throws {
        let outbox = try fixture.open()
        step(by: 10 * Self.year)
        try await outbox.append((0..<1200).map { _ in fixture.reading(60) })
        step(by: -10 * Self.year)
        try await outbox.append([fixture.reading(61), fixture.reading(62)])
        try await outbox.acknowledge(pulsoid, through: 1202)
        fixture.time.advance(milliseconds: 31 * Self.day)
        try await outbox.prune()
        #expect(try await kept(outbox) == [62])
    }
}
