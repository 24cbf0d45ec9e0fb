import BlueZ
import HeartRate
import Logging
import Outbox
import Outputs
import TestKit
import Testing
import Timing
import UploaderStatus

@testable import Uploader

@Suite(.timeLimit(.minutes(10))) struct ReadingIngestTests {
    private let directory = TemporaryDirectory()
    private let lane = Lane(strap: "chest", destination: "pulsoid")

    @Test func take_ofEvents_keepsEveryMeasurementAsItArrived() async throws {
        let outbox = try makeOutbox()
        let board = StrapStatusStore(straps: ["chest"], startedAt: ManualTime().now())
        let receiver = ReadingIngest(
            outbox: outbox, board: board, live: LiveStraps(straps: ["chest"], time: ManualTime()),
            logger: Logger(label: "test"))
        await receiver.take([
            event(.measurement(HeartRateMeasurement(beatsPerMinute: 61)), at: 1),
            event(.malformed(bytes: [0], HeartRateMeasurement.DecodingError.cutOffFlags), at: 2),
            event(.measurement(HeartRateMeasurement(beatsPerMinute: 62, rrIntervals: [1024])), at: 3),
        ])
        let next = try await outbox.entries(of: lane, after: 0, limit: 8)
        #expect(next.entries.map(\.reading.measurement.beatsPerMinute) == [61, 62])
        #expect(next.entries.map(\.reading.measuredAtMilliseconds) == [1_000_001, 1_000_003])
        #expect(next.entries.last?.reading.measurement.rrIntervals == [1024])
    }

    @Test func details_ofAStrap_areKeptAsItsDevice() async throws {
        let outbox = try makeOutbox()
        let receiver = ReadingIngest(
            outbox: outbox, board: StrapStatusStore(straps: ["chest"], startedAt: ManualTime().now()),
            live: LiveStraps(straps: ["chest"], time: ManualTime()), logger: Logger(label: "test"))
        var details = StrapDetails()
        details.modelNumber = "H10"
        details.batteryPercent = 80
        await receiver.take([
            event(.measurement(HeartRateMeasurement(beatsPerMinute: 61)), at: 1), event(.details(details), at: 2),
        ])
        try await outbox.close()
        let reader = try OutboxReader(path: directory.file("outbox.sqlite"))
        #expect(try await reader.device(of: "chest", through: 1) == StrapDevice(model: "H10"))
    }

    private func makeOutbox() throws -> Outbox {
        try Outbox(
            path: directory.file("outbox.sqlite"), lanes: [lane], time: ManualTime(), logger: Logger(label: "test"))
    }

    private func event(_ kind: StrapEvent.Kind, at milliseconds: Int64) -> StrapEvent {
        StrapEvent(
            strap: "chest",
            at: Moment(wallMilliseconds: 1_000_000 + milliseconds, bootMilliseconds: milliseconds), kind: kind)
    }
}

extension HeartRateMeasurement.DecodingError {
    /// What decoding no bytes at all throws.
    fileprivate static var cutOffFlags: Self {
        do {
            _ = try HeartRateMeasurement(decoding: [])
        } catch {
            return error
        }
        preconditionFailure("no bytes were decoded")
    }
}
