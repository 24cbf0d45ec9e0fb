package import Outbox
package import Recordings
import TextFormats
package import Timing

/// Finds sessions in the history of an outbox, and reads their recordings.
package struct SessionReader: Sendable {
    private let outbox: OutboxReader
    private let time: any TimeSource

    package init(_ outbox: OutboxReader, time: any TimeSource = KernelTime()) {
        self.outbox = outbox
        self.time = time
    }

    /// All sessions that the outbox still has, in the order in which they began.
    /// - Throws: `OutboxError`.
    package func sessions(ofStrap strap: String? = nil) async throws -> [HeartRateSession] {
        let boots = try await outbox.boots()
        var finder = SessionFinder(now: now(boots))
        var sessions: [HeartRateSession] = []
        var position: Int64 = 0
        while let page = try await outbox.wornReadings(after: position) {
            for reading in page.readings where strap == nil || reading.strap == strap {
                if let session = finder.take(reading) { sessions.append(session) }
            }
            position = page.examined.upperBound
        }
        return try await described(sessions + finder.last(), boots).sorted { $0.id < $1.id }
    }

    /// The sessions that run now, without reading the whole history.
    ///
    /// A session of more than ``longestSearch`` readings seems to begin later than it did.
    /// - Throws: `OutboxError`.
    package func running() async throws -> [HeartRateSession] {
        let boots = try await outbox.boots()
        let now = now(boots)
        var search = RunningSessionSearch(now: now)
        var (position, examined) = (Int64.max, 0)
        while let page = try await outbox.wornReadings(before: position) {
            search.take(page.readings)
            position = page.examined.lowerBound
            examined += Int(page.examined.upperBound - page.examined.lowerBound) + 1
            guard examined < (search.isComplete ? Self.leastSearch : Self.longestSearch), !search.isOver else { break }
        }
        var finder = SessionFinder(now: now)
        for reading in search.readings { _ = finder.take(reading) }
        return try await described(finder.last().filter { $0.state == .running }, boots)
    }

    /// The recording of the session.
    /// - Throws: `OutboxError`.
    package func recording(of session: HeartRateSession) async throws -> Recording {
        try await recording(ofStrap: session.strap, ids: session.ids)
    }

    /// The recording of these readings of the strap. It ends early once it has more than `most` heart rates.
    /// - Throws: `OutboxError`.
    package func recording(
        ofStrap strap: String, ids: ClosedRange<Int64>, heartRates most: Int = .max
    ) async throws -> Recording {
        var builder = RecordingBuilder(strap: strap, device: try await device(of: strap, through: ids.upperBound))
        var position = ids.lowerBound - 1
        pages: while let page = try await outbox.history(after: position, History.Selection(strap: strap)) {
            for record in page.entries {
                guard record.id <= ids.upperBound else { break pages }
                builder.take(StrapArrival(record))
            }
            position = page.examinedThroughID
            guard position < ids.upperBound, builder.recording.sampleCount <= most else { break }
        }
        return builder.recording
    }

    /// A recording for each strap that has a heart rate in this time, by name.
    /// - Throws: `OutboxError`.
    package func recordings(of selection: History.Selection) async throws -> [Recording] {
        var builders: [String: RecordingBuilder] = [:]
        var position: Int64 = 0
        var last: Int64 = 0
        while let page = try await outbox.history(after: position, selection) {
            for record in page.entries {
                let strap = record.reading.strap
                builders[strap, default: RecordingBuilder(strap: strap)].take(StrapArrival(record))
            }
            last = page.entries.last?.id ?? last
            position = page.examinedThroughID
        }
        var recordings: [Recording] = []
        for (strap, builder) in builders.sorted(by: { $0.key < $1.key }) where builder.recording.sampleCount > 0 {
            var recording = builder.recording
            recording.device = try await device(of: strap, through: last)
            recordings.append(recording)
        }
        return recordings
    }

    /// What the strap said of itself, up to the reading `id`.
    /// - Throws: `OutboxError`.
    package func device(of strap: String, through id: Int64) async throws -> RecordingDevice {
        let device = try await outbox.device(of: strap, through: id)
        func clean(_ text: String?) -> String? { text.map { $0.printable() }.flatMap { $0.isEmpty ? nil : $0 } }
        return RecordingDevice(
            manufacturer: clean(device?.manufacturer), product: clean(device?.model),
            serialNumber: clean(device?.serialNumber), firmware: clean(device?.firmware))
    }

    /// Readings with and without a heart rate: two days of one strap.
    private static let longestSearch = 200_000
    /// The same while no strap is known to be worn: ten minutes of eight straps that notify four times a second.
    private static let leastSearch = 20_000

    func now(_ boots: [BootRecord]) -> SessionFinder.Now {
        let moment = time.now()
        let boot = boots.last { $0.name == time.bootID }
        return SessionFinder.Now(
            wallMilliseconds: moment.wallMilliseconds, bootMilliseconds: moment.bootMilliseconds,
            isClockTrusted: boot?.isClockTrusted ?? time.isWallClockTrusted(), boot: boot?.id)
    }

    func described(_ sessions: [HeartRateSession], _ boots: [BootRecord]) async throws -> [HeartRateSession] {
        let names = Dictionary(uniqueKeysWithValues: boots.map { ($0.id, $0.name) })
        let before = sessions.map { $0.first.id - 1 }.filter { $0 > 0 }
        let missing = before.isEmpty ? [] : try await outbox.missing(Set(before))
        return sessions.map { session in
            var session = session
            session.bootName = names[session.first.boot] ?? ""
            session.mayBeCut = missing.contains(session.first.id - 1)
            return session
        }
    }
}

extension StrapArrival {
    package init(_ record: History.Record) {
        let reading = record.reading
        self.init(
            reading.measurement, wallMilliseconds: reading.measuredAtMilliseconds,
            bootMilliseconds: reading.bootMilliseconds, boot: record.boot)
    }
}
