import BlueZ
import HeartRate
import Logging
import Outbox
import Outputs
import Timing
import UploaderStatus

/// Puts the measurements of the straps into the outbox, logs malformed ones, and keeps the status of
/// the straps.
actor ReadingIngest {
    private let outbox: Outbox
    /// Gets each reading before the outbox does, whose disk may take its time.
    private let live: LiveStraps
    private let logger: Logger
    /// Noted whenever a strap or a destination has another state.
    nonisolated let changes = ChangeSignal()
    private(set) var board: StrapStatusStore
    private var moments: [String: UniqueTimestamps] = [:]

    init(outbox: Outbox, board: StrapStatusStore, live: LiveStraps, logger: Logger) {
        self.outbox = outbox
        self.live = live
        self.board = board
        self.logger = logger
    }

    /// Reports the status of these straps from now on. Straps in `newDevices` start from zero.
    func follow(_ straps: [String], newDevices: Set<String>, at now: Moment) {
        board.follow(straps, newDevices: newDevices, at: now)
        live.follow(straps, newDevices: newDevices)
        changes.note()
    }

    /// Returns when every measurement among the events is in the outbox; one commit takes them all.
    func take(_ events: [StrapEvent]) async {
        var readings: [Reading] = []
        for event in events {
            board.take(event)
            switch event.kind {
            case .measurement(let measurement):
                let at = moments[event.strap, default: UniqueTimestamps()].next(event.at)
                let reading = Reading(
                    strap: event.strap, measurement: measurement, measuredAtMilliseconds: at.wallMilliseconds,
                    bootMilliseconds: at.bootMilliseconds)
                readings.append(reading)
                live.take(event, reading)
            // BlueZ logs it, and the status shows it.
            case .state:
                changes.note()
                live.take(event)
            case .details(let details):
                outbox.keep(StrapDevice(details), of: event.strap)
                live.take(event)
            case .malformed(let bytes, let error):
                tellMalformed(bytes, error, of: event)
            case .overflow(let lost):
                logger.error(
                    "measurements lost: the outbox did not take them in time",
                    metadata: ["strap": "\(event.strap)", "lost": "\(lost)"])
            }
        }
        await keep(readings)
    }

    private func keep(_ readings: [Reading]) async {
        guard !readings.isEmpty else { return }
        do {
            try await outbox.append(readings)
        } catch {
            logger.error("readings lost at the end", metadata: ["lost": "\(readings.count)", "error": "\(error)"])
        }
    }

    private func tellMalformed(_ bytes: [UInt8], _ error: HeartRateMeasurement.DecodingError, of event: StrapEvent) {
        let packet = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        logger.warning(
            "malformed measurement ignored",
            metadata: ["strap": "\(event.strap)", "packet": "\(packet)", "error": "\(error)"])
    }
}

extension StrapDevice {
    fileprivate init(_ details: StrapDetails) {
        self.init(
            manufacturer: details.manufacturerName, model: details.modelNumber, serialNumber: details.serialNumber,
            firmware: details.firmwareRevision)
    }
}

/// Signals a change to one reader. Several changes before it looks are one signal.
struct ChangeSignal: Sendable {
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func note() { continuation.yield() }
}
