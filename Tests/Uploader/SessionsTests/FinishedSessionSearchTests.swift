import HeartRate
import Logging
import Recordings
import TestKit
import Testing
import Timing

@testable import Outbox
@testable import Sessions

@Suite struct FinishedSessionSearchTests {
    private let directory = TemporaryDirectory()
    private let time = ManualTime()

    private func open(_ options: OutboxOptions = OutboxOptions(), time: ManualTime? = nil) throws -> Outbox {
        try Outbox(
            path: directory.file("outbox.sqlite"), lanes: [], options: options, time: time ?? self.time,
            clock: ManualClock(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func wear(_ outbox: Outbox, _ strap: String, seconds: Int) async throws {
        var readings: [Reading] = []
        for _ in 0..<seconds {
            let now = time.now()
            readings.append(
                Reading(
                    strap: strap, measurement: HeartRateMeasurement(beatsPerMinute: 70),
                    measuredAtMilliseconds: now.wallMilliseconds, bootMilliseconds: now.bootMilliseconds))
            time.advance(milliseconds: 1000)
        }
        try await outbox.append(readings)
    }

    private func search(from scan: SessionScan = SessionScan()) throws -> FinishedSessionSearch {
        FinishedSessionSearch(try OutboxReader(path: directory.file("outbox.sqlite")), from: scan, time: time)
    }

    /// Readings of two straps that are worn in turns, so that no reading separates their sessions.
    private func wearBoth(_ outbox: Outbox) async throws {
        for _ in 0..<4 {
            try await wear(outbox, "anna", seconds: 60)
            try await wear(outbox, "ben", seconds: 60)
        }
    }

    @Test func eachSession_isFoundOnce() async throws {
        let outbox = try open()
        try await wearBoth(outbox)
        var search = try search()
        #expect(try await search.step()?.sessions.isEmpty == true)
        time.advance(milliseconds: 600_000)
        #expect(try await search.step()?.sessions.map(\.strap) == ["anna", "ben"])
        #expect(try await search.step()?.sessions.isEmpty == true)
        try await wearBoth(outbox)
        time.advance(milliseconds: 600_000)
        #expect(try await search.step()?.sessions.map(\.strap) == ["anna", "ben"])
    }

    /// After each step, the search starts again from the kept place: nothing is lost and nothing found twice.
    @Test func restart_atAnyMoment_findsEachSessionOnce() async throws {
        let outbox = try open()
        var scan = SessionScan()
        var found: [HeartRateSession] = []
        func step() async throws {
            var search = try search(from: scan)
            guard let step = try await search.step() else { return }
            found += step.sessions
            scan = step.scan
        }
        for _ in 0..<3 {
            try await wear(outbox, "anna", seconds: 150)
            try await step()
            // Over before ben's session, within it, is anna's.
            try await wear(outbox, "ben", seconds: 700)
            try await step()
            try await wear(outbox, "anna", seconds: 10)
            try await step()
            time.advance(milliseconds: 700_000)
            try await step()
        }
        let all = try await SessionReader(OutboxReader(path: directory.file("outbox.sqlite")), time: time).sessions()
        #expect(found.map(\.externalID).sorted() == all.map(\.externalID).sorted())
        #expect(Set(found.map(\.externalID)).count == found.count && found.count == 6)
        #expect(scan.throughID == 2580)
    }

    @Test func session_thatWaitsForItsUpload_keepsItsReadings_untilItIsThere() async throws {
        let options = OutboxOptions(retention: .seconds(3600))
        let outbox = try open(options)
        try await outbox.declareSessionDestinations(["folder"])
        try await wear(outbox, "anna", seconds: 200)
        try await wear(outbox, "ben", seconds: 200)
        time.advance(milliseconds: 600_000)
        var search = try search()
        let step = try #require(try await search.step())
        let anna = try #require(step.sessions.first)
        var upload = SessionUpload(
            externalID: anna.externalID, strap: "anna", ids: anna.ids, destination: "folder", atMilliseconds: 0)
        try await outbox.keep([upload], step.scan)
        #expect(try await outbox.sessionScan() == step.scan)
        time.advance(milliseconds: 7_200_000)
        try await wear(outbox, "carl", seconds: 10)
        try await outbox.prune()
        let reader = SessionReader(try OutboxReader(path: directory.file("outbox.sqlite")), time: time)
        #expect(try await reader.recording(ofStrap: "anna", ids: anna.ids).sampleCount == 200)
        #expect(try await reader.recording(ofStrap: "ben", ids: 201...400).sampleCount == 0)
        upload.state = .uploaded
        try await outbox.endSessionUpload(upload)
        try await outbox.prune()
        #expect(try await reader.recording(ofStrap: "anna", ids: anna.ids).sampleCount == 0)
    }

    /// The machine was off from before the end of the session until after the retention.
    @Test func session_thatIsNotFoundYet_keepsItsReadings_beyondTheRetention() async throws {
        let outbox = try open(OutboxOptions(retention: .seconds(3600)))
        try await outbox.declareSessionDestinations(["folder"])
        try await wear(outbox, "anna", seconds: 200)
        time.advance(milliseconds: 7_200_000)
        try await wear(outbox, "ben", seconds: 10)
        try await outbox.prune()
        var search = try search()
        let step = try #require(try await search.step())
        #expect(step.sessions.map(\.readings) == [200])
        try await outbox.keep([], step.scan)
        try await outbox.prune()
        let reader = SessionReader(try OutboxReader(path: directory.file("outbox.sqlite")), time: time)
        #expect(try await reader.recording(ofStrap: "anna", ids: 1...200).sampleCount == 0)
        #expect(try await reader.recording(ofStrap: "ben", ids: 201...210).sampleCount == 10)
    }
}
