import HRV
import HeartRate
import Logging
import Recordings
import TestKit
import Testing
import Timing

@testable import Outbox
@testable import Sessions

/// An outbox with readings of a strap, one a second.
private final class WornOutbox {
    let directory = TemporaryDirectory()
    let time: ManualTime
    private(set) var outbox: Outbox

    init(time: ManualTime = ManualTime(), options: OutboxOptions = OutboxOptions()) throws {
        self.time = time
        outbox = try Self.open(directory, time, options)
    }

    var path: String { directory.file("outbox.sqlite") }
    var reader: SessionReader { get throws { try reader(time) } }

    func reader(_ time: ManualTime) throws -> SessionReader { SessionReader(try OutboxReader(path: path), time: time) }

    func wear(
        seconds: Int, strap: String = "anna", contact: SensorContact = .detected, rr: [UInt16] = [1024],
        time: ManualTime? = nil
    ) async throws {
        let time = time ?? self.time
        var readings: [Reading] = []
        for second in 0..<seconds {
            let now = time.now()
            readings.append(
                Reading(
                    strap: strap,
                    measurement: HeartRateMeasurement(
                        beatsPerMinute: contact == .notDetected ? 0 : UInt16(60 + second % 10), contact: contact,
                        rrIntervals: rr),
                    measuredAtMilliseconds: now.wallMilliseconds, bootMilliseconds: now.bootMilliseconds))
            time.advance(milliseconds: 1000)
        }
        try await outbox.append(readings)
    }

    func reopen(time: ManualTime, options: OutboxOptions = OutboxOptions()) async throws {
        try await outbox.close()
        outbox = try Self.open(directory, time, options)
    }

    private static func open(
        _ directory: TemporaryDirectory, _ time: ManualTime, _ options: OutboxOptions
    ) throws -> Outbox {
        try Outbox(
            path: directory.file("outbox.sqlite"), lanes: [], options: options, time: time, clock: ManualClock(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

@Suite(.timeLimit(.minutes(10))) struct SessionReaderTests {
    @Test func sessions_areFound_besideARunningOutbox_andTheSameAfterwards() async throws {
        let worn = try WornOutbox()
        try await worn.wear(seconds: 2_500)
        try await worn.wear(seconds: 700, contact: .notDetected)
        try await worn.wear(seconds: 200, strap: "ben")
        let sessions = try await worn.reader.sessions()
        #expect(sessions.map(\.ids) == [1...2_500, 3_201...3_400])
        #expect(sessions.map(\.state) == [.finished, .running])
        #expect(sessions.allSatisfy { !$0.mayBeCut })
        #expect(sessions[0].externalID == "strapline-boot-1-1-2500")
        #expect(try await worn.reader.sessions(ofStrap: "ben").map(\.id) == [3_201])
        try await worn.outbox.close()
        #expect(try await worn.reader.sessions() == sessions)
    }

    @Test func running_findsTheBeginning_ofEachStrapThatIsWorn() async throws {
        let worn = try WornOutbox()
        try await worn.wear(seconds: 500, strap: "carl")
        worn.time.advance(milliseconds: 700_000)
        try await worn.wear(seconds: 3_000)
        try await worn.wear(seconds: 150, strap: "ben")
        let running = try await worn.reader.running()
        #expect(running.map(\.id) == [501, 3_501])
        let all = try await worn.reader.sessions()
        #expect(running == all.filter { $0.state == .running })
        worn.time.advance(milliseconds: 600_000)
        #expect(try await worn.reader.running().isEmpty)
        try await worn.outbox.close()
    }

    @Test func session_withReadingsInTheSpool_isWhole() async throws {
        let options = OutboxOptions(durability: .processCrash)
        let worn = try WornOutbox(options: options)
        try await worn.wear(seconds: 300)
        try await worn.reopen(time: worn.time, options: options)
        try await worn.wear(seconds: 300)
        #expect(try await worn.reader.sessions().map(\.ids) == [1...600])
        #expect(try await worn.reader.running().map(\.ids) == [1...600])
        #expect(try await worn.reader.recording(of: try await worn.reader.sessions()[0]).sampleCount == 600)
        try await worn.outbox.close()
    }

    @Test func powerCut_withAClockThatIsSetLate_leavesOneSession_withEveryBeat() async throws {
        let worn = try WornOutbox()
        try await worn.wear(seconds: 200)
        // A machine without a clock battery is off for a minute, and begins in the past.
        let next = ManualTime(
            wallMilliseconds: worn.time.now().wallMilliseconds - 9_000_000, bootMilliseconds: 20_000, bootID: "boot-2",
            isTrusted: false)
        try await worn.reopen(time: next)
        try await worn.wear(seconds: 200, time: next)
        #expect(try await worn.reader(next).sessions().map(\.state) == [.unsettled, .running])
        next.setWall(milliseconds: worn.time.now().wallMilliseconds + 260_000)
        // The uploader sees it at its next start, and sets the times of this boot right.
        let running = Task { [outbox = worn.outbox] in try await outbox.run() }
        while try await worn.reader(next).sessions().count != 1 { await Task.yield() }
        running.cancel()
        try await running.value
        let session = try #require(try await worn.reader(next).sessions().first)
        let recording = try await worn.reader(next).recording(of: session)
        #expect(session.readings == 400 && recording.beats.count == 400)
        #expect(recording.stretches.count == 2)
        try await worn.outbox.close()
    }

    @Test func session_whoseBeginningHasLeftTheHistory_saysSo() async throws {
        let worn = try WornOutbox(options: OutboxOptions(retention: .seconds(3_000)))
        try await worn.wear(seconds: 4_000)
        try await worn.outbox.prune()
        let session = try #require(try await worn.reader.sessions().first)
        #expect(session.id > 1 && session.mayBeCut)
        try await worn.outbox.close()
    }

    @Test func recording_hasTheBeatsAndTheDeviceOfItsTime() async throws {
        let worn = try WornOutbox()
        try await worn.wear(seconds: 1)
        worn.outbox.keep(StrapDevice(manufacturer: "Polar\u{7}", model: "H10", serialNumber: "77"), of: "anna")
        try await worn.wear(seconds: 299)
        worn.time.advance(milliseconds: 700_000)
        worn.outbox.keep(StrapDevice(manufacturer: "Wahoo", model: "TICKR"), of: "anna")
        try await worn.wear(seconds: 300)
        let reader = try worn.reader
        let sessions = try await reader.sessions()
        let first = try await reader.recording(of: sessions[0])
        #expect(first.device == RecordingDevice(manufacturer: "Polar", product: "H10", serialNumber: "77"))
        #expect(first.beats.count == 300 && first.stretches.count == 1)
        #expect(try await reader.recording(of: sessions[1]).device.product == "TICKR")
        #expect(try await reader.recordings(of: History.Selection()).map(\.sampleCount) == [600])
        try await worn.outbox.close()
    }

    @Test func recording_ofAFinishedSession_givesTheSameBytes_whateverComesAfter() async throws {
        let worn = try WornOutbox()
        try await worn.wear(seconds: 300)
        worn.time.advance(milliseconds: 700_000)
        let session = try #require(try await worn.reader.sessions().first)
        func bytes() async throws -> [[UInt8]?] {
            let recording = try await worn.reader.recording(of: session)
            return RecordingFormat.allCases.map { $0.bytes(of: recording) { _ in 3600 } }
        }
        let before = try await bytes()
        #expect(before.allSatisfy { $0 != nil })
        try await worn.wear(seconds: 300)
        worn.outbox.keep(StrapDevice(model: "another"), of: "anna")
        try await worn.outbox.close()
        #expect(try await bytes() == before)
    }
}

@Suite(.timeLimit(.minutes(10))) struct HRVMeasurementTests {
    private func record(
        _ second: Int64, strap: String = "anna", rate: UInt16 = 60, rr: [UInt16] = [1000]
    ) -> History.Record {
        History.Record(
            entry: OutboxEntry(
                id: second + 1,
                reading: Reading(
                    strap: strap, measurement: HeartRateMeasurement(beatsPerMinute: rate, rrIntervals: rr),
                    measuredAtMilliseconds: 1_767_225_600_000 + second * 1000, bootMilliseconds: second * 1000)),
            isClockTrusted: true)
    }

    @Test func measurement_isCompleteAfterItsTime_andTakesNoMore() throws {
        var measurement = HRVMeasurement(durationMilliseconds: 60_000)
        for second in 0..<100 as Range<Int64> {
            #expect(measurement.isComplete == (second >= 60))
            try measurement.take(record(second))
        }
        #expect(measurement.summary.intervals == 60 && measurement.averageRate == 60)
        #expect(measurement.advice.hasPrefix("Good."))
    }

    @Test func measurement_withTwoStraps_asksForOne() throws {
        var measurement = HRVMeasurement(durationMilliseconds: 60_000)
        try measurement.take(record(0))
        // Not worn: it does not disturb.
        try measurement.take(record(1, strap: "ben", rate: 0))
        #expect(throws: HRVMeasurement.Problem.ambiguous(["anna", "ben"])) {
            try measurement.take(record(2, strap: "ben"))
        }
    }

    @Test func measurement_whileAnotherStrapIsPutOn_goesOn() throws {
        var measurement = HRVMeasurement(durationMilliseconds: 60_000)
        for second in 0..<60 as Range<Int64> {
            try measurement.take(record(second))
            if second > 20 { try measurement.take(record(second, strap: "ben", rr: [700])) }
        }
        #expect(measurement.isComplete && measurement.strap == "anna" && measurement.summary.intervals == 60)
    }

    @Test func measurement_withoutIntervals_saysSo() throws {
        var measurement = HRVMeasurement(durationMilliseconds: 60_000)
        for second in 0..<60 as Range<Int64> { try measurement.take(record(second, rr: [])) }
        #expect(measurement.isComplete && measurement.advice == HRVText.none)
        #expect(HRVText.lines(of: measurement.summary) == [HRVText.none])
    }

    @Test func measurement_thatIsPoor_saysWhatToDo() throws {
        var noisy = HRVMeasurement(durationMilliseconds: 60_000)
        for second in 0..<60 as Range<Int64> {
            try noisy.take(record(second, rr: [second % 5 == 0 ? 500 : second % 5 == 1 ? 1500 : 1000]))
        }
        #expect(noisy.advice.contains("wet the electrodes"))
        var broken = HRVMeasurement(durationMilliseconds: 60_000)
        for second in 0..<60 as Range<Int64> where !(20..<30).contains(second) { try broken.take(record(second)) }
        #expect(broken.advice.contains("Beats are missing"))
        // The strap goes on without RR intervals.
        var silent = HRVMeasurement(durationMilliseconds: 60_000)
        for second in 0..<60 as Range<Int64> { try silent.take(record(second, rr: second < 40 ? [1000] : [])) }
        #expect(silent.isComplete && silent.summary.isReliable && silent.summary.gaps == 0)
        #expect(!silent.isReliable && silent.advice.contains("Beats are missing"))
        #expect(!HRVRecord(silent, atMilliseconds: 0).isReliable)
    }

    @Test func measuring_seesWhatArrives_andGivesUpInSilence() async throws {
        let worn = try WornOutbox()
        try await worn.wear(seconds: 10)
        let clock = ManualClock()
        let service = HRVMeasuringService(try OutboxReader(path: worn.path), strap: nil, clock: clock)
        await #expect(throws: HRVMeasurement.Problem.silence) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await service.measure(for: .seconds(60)) }
                for _ in 1..<HRVMeasuringService.silence { await clock.waitOut(.seconds(1)) }
                try await group.next()
            }
        }
        try await worn.outbox.close()
    }

    @Test func numbers_haveTheirDecimals() {
        #expect(HRVText.number(25.561, digits: 1) == "25.6" && HRVText.number(0.049, digits: 1) == "0.0")
        #expect(HRVText.number(1.005, digits: 2) == "1.00" && HRVText.number(-0.5, digits: 2) == "-0.50")
        #expect(SessionText.length(3_723_000) == "1:02:03" && SessionText.length(59_999) == "0:59")
    }
}
