import BlueZ
import HeartRate
import Logging
import Outbox
import Timing
import UploaderStatus

/// Takes the measurements of the straps into the outbox, tells the log what is wrong with them, and keeps the board of
/// what the straps have told.
actor ReadingIngest {
    private let outbox: Outbox
    private let logger: Logger
    /// Noted whenever a strap has another state.
    nonisolated let changes = ChangeSignal()
    private(set) var board: StrapStatusStore
    private var moments: [String: UniqueTimestamps] = [:]

    init(outbox: Outbox, board: StrapStatusStore, logger: Logger) {
        self.outbox = outbox
        self.board = board
        self.logger = logger
    }

    /// Shows these straps on the board from now on, some of them anew: those that are other devices now.
    func follow(_ straps: [String], anew: Set<String>, at now: Moment) {
        board.follow(straps, anew: anew, at: now)
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
                readings.append(
                    Reading(
                        strap: event.strap, measurement: measurement, measuredAtMilliseconds: at.wallMilliseconds,
                        bootMilliseconds: at.bootMilliseconds))
            // Told by the log of BlueZ, and on the board.
            case .state: changes.note()
            case .details: break
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

/// That something changed, for one who looks at what is when it comes to it: changes meanwhile are one.
struct ChangeSignal: Sendable {
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func note() { continuation.yield() }
}
