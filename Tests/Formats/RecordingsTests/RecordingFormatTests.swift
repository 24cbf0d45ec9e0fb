import FIT
import Foundation
import HeartRate
import Testing

@testable import Recordings

@Suite struct RecordingFormatTests {
    private func workout() -> Workout {
        var workout = Workout()
        workout.receive(72, rr: [777, 706])
        workout.wait(milliseconds: 1000)
        workout.receive(73, rr: [])
        workout.wait(milliseconds: 1000)
        workout.receive(74, rr: [1024])
        workout.wait(milliseconds: 8000)
        workout.receive(75, rr: [1024, 820])
        return workout
    }

    private func text(_ format: RecordingFormat, _ recording: Recording) throws -> String {
        String(decoding: try #require(format.bytes(of: recording) { _ in 3600 }), as: UTF8.self)
    }

    @Test func rr_isMillisecondsALine_withAnEmptyLineWhereBeatsAreMissing() throws {
        #expect(try text(.rr, workout().recording) == "759\n689\n1000\n\n1000\n801\n")
    }

    @Test func kubios_beginsWithTheFirstInterval_andShowsTheGapByItsTime() throws {
        #expect(
            try text(.kubios, workout().recording)
                == "0.759\t0.759\n1.448\t0.689\n2.448\t1.000\n10.647\t1.000\n11.448\t0.801\n")
    }

    @Test func hrvLogger_hasTheLocalTimeOfEachInterval() throws {
        let lines = try text(.hrvLogger, workout().recording).split(separator: "\n")
        #expect(lines[0] == "date,rr,since start")
        #expect(lines[1] == "2025-11-29 10:59:58.552,759,0")
        #expect(lines[2] == "2025-11-29 10:59:59.311,689,759")
        #expect(lines[4] == "2025-11-29 11:00:08.199,1000,9647")
    }

    @Test func intervals_inEveryFormat_areThoseTheStrapSent() throws {
        var workout = Workout()
        var sent: [UInt16] = []
        for beat in 0..<400 {
            let interval = UInt16(700 + beat * 7919 % 300)
            sent.append(interval)
            workout.wait(milliseconds: Int64(interval) * 1000 / 1024)
            workout.receive(80, rr: [interval])
            if beat == 200 { workout.wait(milliseconds: 30_000) }
        }
        let milliseconds = sent.map { (Int($0) * 1000 + 512) / 1024 }
        let recording = workout.recording
        #expect(try text(.rr, recording).split(separator: "\n").compactMap { Int($0) } == milliseconds)
        #expect(
            try text(.hrvLogger, recording).split(separator: "\n").dropFirst()
                .compactMap { Int($0.split(separator: ",")[1]) } == milliseconds)
        let rows = try text(.kubios, recording).split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows.compactMap { Double($0[1]).map { Int(($0 * 1000).rounded()) } } == milliseconds)
        let messages = try FITFile.decode(try #require(RecordingFormat.fit.bytes(of: recording) { _ in 0 }))
        let read = messages.flatMap { message -> [Int] in
            guard message.number == 78, case .uint16s(let values)? = message[0] else { return [] }
            return values.filter { $0 != .max }.map { Int($0) }
        }
        #expect(read == milliseconds)
    }

    @Test func fit_stopsTheTimerAtAGap_andHasNoRecordInIt() throws {
        let messages = try FITFile.decode(try #require(RecordingFormat.fit.bytes(of: workout().recording) { _ in 0 }))
        #expect(messages.map(\.number) == [0, 23, 21, 20, 78, 20, 20, 78, 21, 21, 20, 78, 21, 19, 18, 34])
        let start = UInt32(Workout.start / 1000 - 631_065_600)
        #expect(messages.filter { $0.number == 21 }.map { ($0.number(253) ?? 0) - start } == [0, 2, 10, 10])
        #expect(messages.filter { $0.number == 21 }.map { $0.number(1) } == [0, 4, 0, 4])
    }

    @Test func rate_thatAByteCannotHold_hasNoRecord_butItsBeats() throws {
        var workout = Workout()
        for rate in [254, 255, 300, 65_535] as [UInt16] {
            workout.receive(rate, rr: [240])
            workout.wait(milliseconds: 1000)
        }
        let messages = try FITFile.decode(try #require(RecordingFormat.fit.bytes(of: workout.recording) { _ in 0 }))
        #expect(messages.filter { $0.number == 20 }.map { $0.number(3) } == [254])
        #expect(messages.count { $0.number == 78 } == 4)
        #expect(!(try text(.tcx, workout.recording)).contains("<Value>255"))
    }

    @Test func stretch_withoutARateThatAByteCanHold_movesNoTimer_andTimesAscend() throws {
        var workout = Workout()
        for rate in [300, 60, 300, 61, 300] as [UInt16] {
            workout.receive(seconds: 5, rate: rate)
            workout.wait(milliseconds: 20_000)
        }
        let messages = try FITFile.decode(try #require(RecordingFormat.fit.bytes(of: workout.recording) { _ in 0 }))
        let times = messages.compactMap { $0.number(253) }
        #expect(times == times.sorted())
        #expect(messages.count { $0.number == 20 } == 10 && messages.count { $0.number == 78 } == 25)
        #expect(messages.filter { $0.number == 21 }.map { $0.number(1) } == [0, 4, 0, 4])
        #expect(messages.last?.number(0) == 8000, "the timer ran twice for four seconds")
    }

    @Test func tcx_hasATrackForEachStretch_andTheRequiredElementsInOrder() throws {
        var recording = workout().recording
        recording.device.product = "H<10> & \u{1} more"
        let text = try text(.tcx, recording)
        let document = try XMLDocumentOutline(text)
        #expect(
            document.elements.filter { $0 != "Trackpoint" && $0 != "Time" && $0 != "HeartRateBpm" && $0 != "Value" }
                == [
                    "TrainingCenterDatabase", "Activities", "Activity", "Id", "Lap", "TotalTimeSeconds",
                    "DistanceMeters", "Calories", "AverageHeartRateBpm", "MaximumHeartRateBpm", "Intensity",
                    "TriggerMethod", "Track", "Track", "Creator", "Name", "UnitId", "ProductID", "Version",
                    "VersionMajor", "VersionMinor",
                ])
        #expect(text.contains("<Time>2025-11-29T10:00:00Z</Time><HeartRateBpm><Value>72</Value></HeartRateBpm>"))
        #expect(text.contains("<Name>H&lt;10&gt; &amp;  more</Name>"))
        #expect(text.contains("<TotalTimeSeconds>2</TotalTimeSeconds>"))
    }

    @Test func recording_withoutIntervals_isNoFileOfIntervals() {
        var workout = Workout()
        workout.receive(seconds: 10, rr: [])
        for format in RecordingFormat.allCases {
            #expect((format.bytes(of: workout.recording) { _ in 0 } == nil) == format.needsIntervals)
        }
    }

    @Test(arguments: RecordingFormat.allCases)
    func recording_ofTheSameReadings_givesTheSameBytes(format: RecordingFormat) {
        let bytes = format.bytes(of: workout().recording) { _ in 7200 }
        #expect(bytes != nil && bytes == format.bytes(of: workout().recording) { _ in 7200 })
    }

    @Test func recording_ofNothing_isNoFile() {
        for format in RecordingFormat.allCases { #expect(format.bytes(of: Workout().recording) { _ in 0 } == nil) }
    }
}

/// The names of the elements of a document, in order; refuses one whose tags do not match.
private struct XMLDocumentOutline {
    struct Mismatch: Error {
        let tag: Substring
    }

    private(set) var elements: [String] = []

    init(_ text: String) throws {
        var open: [Substring] = []
        for match in text.matches(of: /<(\/?)([A-Za-z]+)[^>]*>/) {
            if match.1.isEmpty {
                open.append(match.2)
                elements.append(String(match.2))
            } else if open.popLast() != match.2 {
                throw Mismatch(tag: match.2)
            }
        }
        guard open.isEmpty else { throw Mismatch(tag: "the end") }
    }
}
