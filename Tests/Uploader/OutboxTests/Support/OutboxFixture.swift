import HeartRate
import Logging
import Outbox
import TestKit
import Timing

let pulsoid = Lane(strap: "chest", destination: "pulsoid")
let cardiogram = Lane(strap: "chest", destination: "cardiogram")

/// An outbox file of a test's own, that can be closed and opened again.
struct OutboxFixture {
    let directory = TemporaryDirectory()
    let clock = ManualClock()
    let time: ManualTime
    let logger: Logger

    init(
        time: ManualTime = ManualTime(),
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.time = time
        self.logger = logger
    }

    var path: String { directory.file("outbox.sqlite") }

    func open(
        lanes: [Lane] = [pulsoid], options: OutboxOptions = OutboxOptions(), time: ManualTime? = nil
    ) throws -> Outbox {
        try Outbox(
            path: path, lanes: lanes, options: options, time: time ?? self.time, clock: clock,
            logger: logger)
    }

    /// A reading that arrives now.
    func reading(_ bpm: UInt16, strap: String = "chest", contact: SensorContact = .detected) -> Reading {
        let now = time.now()
        return Reading(
            strap: strap, measurement: HeartRateMeasurement(beatsPerMinute: bpm, contact: contact),
            measuredAtMilliseconds: now.wallMilliseconds, bootMilliseconds: now.bootMilliseconds)
    }
}

extension Outbox {
    /// Appends one after the other, and returns their ids.
    @discardableResult
    func appendEach(_ readings: [Reading]) async throws -> [Int64] {
        var ids: [Int64] = []
        for reading in readings { ids.append(try await append(reading)) }
        return ids
    }

    /// The rates of the lane's next readings from its cursor.
    func rates(of lane: Lane, limit: Int = 100) async throws -> [UInt16?] {
        try await entries(of: lane, after: cursor(of: lane), limit: limit).entries.map(\.reading.heartRate)
    }
}
