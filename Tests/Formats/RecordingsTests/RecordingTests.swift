import FIT
import HRV
import HeartRate
import Testing

@testable import Recordings

/// Arrivals of a strap, one a second, unless a test says otherwise.
struct Workout {
    static let start: Int64 = 1_764_410_400_000

    var builder = RecordingBuilder(strap: "anna")
    var wall = start
    var boot: Int64 = 50_000
    var bootNumber: Int64 = 1

    var recording: Recording { builder.recording }

    mutating func wait(milliseconds: Int64) {
        wall += milliseconds
        boot += milliseconds
    }

    mutating func receive(
        _ rate: UInt16 = 60, rr: [UInt16] = [1024], contact: SensorContact = .detected, energy: UInt16? = nil
    ) {
        builder.take(
            StrapArrival(
                HeartRateMeasurement(
                    beatsPerMinute: rate, contact: contact, energyExpendedKilojoules: energy, rrIntervals: rr),
                wallMilliseconds: wall, bootMilliseconds: boot, boot: bootNumber))
    }

    mutating func receive(seconds: Int, rate: UInt16 = 60, rr: [UInt16] = [1024]) {
        for _ in 0..<seconds {
            receive(rate, rr: rr)
            wait(milliseconds: 1000)
        }
    }
}

@Suite struct RecordingTests {
    @Test func workout_withoutAGap_isOneStretch() {
        var workout = Workout()
        workout.receive(seconds: 600)
        #expect(workout.recording.stretches.count == 1)
        #expect(workout.recording.sampleCount == 600 && workout.recording.beats.count == 600)
        #expect(workout.recording.recordedMilliseconds == 599_000)
        #expect(workout.recording.seconds.flatMap(\.self).map(\.seconds) == Array(1_764_410_400..<1_764_411_000))
    }

    @Test func lostContact_endsAStretch_howeverShort() {
        var workout = Workout()
        workout.receive(seconds: 10)
        workout.receive(0, contact: .notDetected)
        workout.wait(milliseconds: 1000)
        workout.receive(seconds: 10)
        #expect(workout.recording.stretches.map(\.samples.count) == [10, 10])
        #expect(workout.recording.beats.count { $0.startsStretch } == 2)
    }

    @Test func missingBeats_endAStretch_beforeAPauseDoes() {
        var workout = Workout()
        workout.receive(seconds: 10)
        workout.wait(milliseconds: 4000)
        workout.receive(seconds: 10)
        #expect(workout.recording.stretches.count == 2)
        #expect(workout.recording.recordedMilliseconds == 18_000)
    }

    @Test func strapWithoutIntervals_hasAGapAfterTenSeconds() {
        var workout = Workout()
        workout.receive(seconds: 10, rr: [])
        workout.wait(milliseconds: 4000)
        workout.receive(seconds: 10, rr: [])
        #expect(workout.recording.stretches.count == 1)
        workout.wait(milliseconds: 10_000)
        workout.receive(seconds: 10, rr: [])
        #expect(workout.recording.stretches.count == 2 && workout.recording.beats.isEmpty)
    }

    @Test func wallClock_thatStepsMeanwhile_changesNoTime() {
        var workout = Workout()
        workout.receive(seconds: 10)
        workout.wall -= 3_600_000
        workout.receive(seconds: 10)
        workout.wall += 86_400_000
        workout.receive(seconds: 10)
        #expect(workout.recording.stretches.count == 1)
        #expect(workout.recording.recordedMilliseconds == 29_000)
    }

    @Test func reboot_isAGap_withTheTimeOfTheWallClock() {
        var workout = Workout()
        workout.receive(seconds: 10)
        workout.wait(milliseconds: 60_000)
        (workout.boot, workout.bootNumber) = (3_000, 2)
        workout.receive(seconds: 10)
        #expect(workout.recording.stretches.count == 2)
        #expect(workout.recording.stretches.last?.startMilliseconds == Workout.start + 70_000)
    }

    @Test func reboot_withAClockThatIsBehind_hasAscendingTimes() {
        var workout = Workout()
        workout.receive(seconds: 10)
        (workout.boot, workout.bootNumber) = (3_000, 2)
        workout.wall -= 500_000
        workout.receive(seconds: 10)
        let seconds = workout.recording.seconds.flatMap(\.self).filter { $0.heartRate != nil }.map(\.seconds)
        #expect(zip(seconds.dropFirst(), seconds).allSatisfy { $0 > $1 } && seconds.count == 19)
    }

    @Test func secondBetweenTwoReadingsThatJitter_hasTheEarlierRate() {
        var workout = Workout()
        for (offset, rate) in [(900, 60), (1_950, 61), (3_050, 62), (5_050, 63)] as [(Int64, UInt16)] {
            workout.wall = Workout.start + offset
            workout.boot = 50_000 + offset
            workout.receive(rate, rr: [])
        }
        let first = Workout.start / 1000
        let seconds = workout.recording.seconds[0]
        // A packet between 3 and 5 was lost: that second has no record.
        #expect(seconds.map { $0.seconds - first } == [0, 1, 2, 3, 5])
        #expect(seconds.map(\.heartRate) == [60, 61, 61, 62, 63])
    }

    @Test func severalReadingsInASecond_areOneRecord_withAllBeats() {
        var workout = Workout()
        for rate in 60..<64 {
            workout.receive(UInt16(rate), rr: [256])
            workout.wait(milliseconds: 250)
        }
        let seconds = workout.recording.seconds[0]
        #expect(seconds.map(\.heartRate) == [63] && seconds[0].beats.count == 4)
    }

    @Test func energy_isWhatWasAdded_alsoAcrossAReset() {
        var workout = Workout()
        #expect(workout.recording.kilocalories == nil)
        for energy in [100, 142, 0, 42] as [UInt16] { workout.receive(energy: energy) }
        #expect(workout.recording.energyKilojoules == 84 && workout.recording.kilocalories == 20)
    }

    /// A heart rate, and RR intervals in a unit of the strap's, with a breath each ten beats, and artefacts.
    private func breathing(rate: Double = 70, unitsPerSecond: Double, beats: Int = 600) -> Recording {
        var workout = Workout()
        for beat in 0..<beats {
            let breath = Double(beat % 10 < 5 ? beat % 10 - 2 : 7 - beat % 10)
            let milliseconds = 60_000 / rate + 60 * breath
            workout.wait(milliseconds: Int64(milliseconds))
            let sent = UInt16((milliseconds * unitsPerSecond / 1000).rounded())
            // Some straps round down.
            workout.receive(UInt16(rate), rr: [beat % 50 == 0 ? sent * 2 : sent])
        }
        return workout.recording
    }

    @Test func intervals_inMilliseconds_areNoticedByTheHeartRate_andNothingElseIs() throws {
        #expect(breathing(unitsPerSecond: 1000).mayHaveIntervalsInMilliseconds)
        #expect(!breathing(unitsPerSecond: 1024).mayHaveIntervalsInMilliseconds)
        #expect(!breathing(rate: 70.8, unitsPerSecond: 1024).mayHaveIntervalsInMilliseconds)
        let ratio = try #require(breathing(unitsPerSecond: 1000).intervalRateRatio)
        #expect(abs(ratio - 1.024) < 0.01, "\(ratio)")
    }

    @Test func intervals_thatAreFew_orNone_areNotCompared() {
        #expect(breathing(unitsPerSecond: 1000, beats: 110).intervalRateRatio == nil)
        #expect(Workout().recording.intervalRateRatio == nil && !Workout().recording.mayHaveIntervalsInMilliseconds)
    }

    @Test func timesOfADamagedFile_areNoTrap() {
        var builder = RecordingBuilder(strap: "anna")
        for (wall, boot) in [(Int64.min, Int64.max), (.max, .min), (0, 0), (.max, .max)] as [(Int64, Int64)] {
            builder.take(
                StrapArrival(
                    HeartRateMeasurement(beatsPerMinute: .max, rrIntervals: [1, .max]), wallMilliseconds: wall,
                    bootMilliseconds: boot, boot: wall & 1))
        }
        for format in RecordingFormat.allCases { _ = format.bytes(of: builder.recording) { _ in 50_400 } }
    }
}
