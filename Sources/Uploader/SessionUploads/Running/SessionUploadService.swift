import Console
package import Logging
package import Outbox
import Recordings
import ServiceLifecycle
import Sessions
import TextFormats
package import Timing

/// Uploads each session once when it is over.
///
/// Its memory is the outbox: a session waits there from the moment at which it is over, and a request is noted before
/// its first byte is sent. After a crash, a service that can be asked is asked whether it has the session.
package actor SessionUploadService: Service {
    package struct Target: Sendable {
        package let service: String
        package let settings: SessionDestinationSettings
        package let destination: any SessionDestination

        package init(service: String, settings: SessionDestinationSettings, destination: any SessionDestination) {
            self.service = service
            self.settings = settings
            self.destination = destination
        }
    }

    /// A session is over ten minutes after its end; a minute more does not matter.
    package static let interval: Duration = .seconds(60)

    private let outbox: Outbox
    private let time: any TimeSource
    private let clock: any Clock<Duration>
    private let logger: Logger
    private var order: [String] = []
    private var targets: [String: Target] = [:]
    private var machines: [String: SessionUploadMachine] = [:]
    private var reader: OutboxReader?
    private var search: FinishedSessionSearch?
    /// Whether the file may have other destinations.
    private var isUndeclared = true
    /// Of the file that ``reader`` has open.
    private var fileOpenings = 0
    private var hasOutboxFailed = false
    /// The destinations to which an upload is under way.
    private var delivering: Set<String> = []
    /// One file is made at a time: all destinations get the same sessions at the same moment.
    private let files = Turnstile()
    private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    package init(
        outbox: Outbox, time: any TimeSource, clock: any Clock<Duration>, logger: Logger
    ) {
        self.outbox = outbox
        self.time = time
        self.clock = clock
        self.logger = logger
    }

    /// Uploads to these targets and no others from now on. An upload that is under way ends.
    package func change(to new: [Target]) {
        let old = targets
        order = new.map(\.settings.name)
        targets = Dictionary(new.map { ($0.settings.name, $0) }) { first, _ in first }
        machines = targets.mapValues { target in
            let settings = target.settings
            if old[settings.name]?.settings == settings, let known = machines[settings.name] { return known }
            return SessionUploadMachine(
                SessionUploadStatus(destination: settings.name, service: target.service, strap: settings.strap))
        }
        isUndeclared = isUndeclared || Set(old.keys) != Set(order)
        changes.continuation.yield()
    }

    /// In the order of the configuration.
    package var statuses: [SessionUploadStatus] { order.compactMap { machines[$0]?.status } }

    package nonisolated func run() async throws {
        await cancelWhenGracefulShutdown { await self.serve() }
    }

    private func serve() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                if targets.isEmpty, !isUndeclared {
                    for await _ in changes.stream { break }
                } else {
                    await begin(&group)
                    try? await clock.sleep(for: Self.interval)
                }
            }
        }
    }

    /// Finds the sessions that are over, and uploads those that wait. Returns when all uploads have ended.
    func pass() async {
        await withDiscardingTaskGroup { await begin(&$0) }
    }

    /// Finds the sessions that are over, and begins to upload those that wait. Each destination goes on alone: one that
    /// hangs delays no other, now or in the next minutes.
    private func begin(_ group: inout DiscardingTaskGroup) async {
        do {
            await followFile()
            try await declare()
            try await find()
            hasOutboxFailed = false
        } catch {
            reportOutbox(error)
            return
        }
        await count()
        for name in order where delivering.insert(name).inserted {
            group.addTask { await self.deliver(to: name) }
        }
    }

    /// A file in the place of a damaged or removed one knows no destination, and the reader has the old one open.
    private func followFile() async {
        let openings = await outbox.fileOpenings
        guard openings != fileOpenings else { return }
        fileOpenings = openings
        (reader, search, isUndeclared) = (nil, nil, true)
    }

    private func declare() async throws {
        guard isUndeclared else { return }
        let isUnused = order.isEmpty ? try await outbox.sessionUploadCounts().isEmpty : false
        if !isUnused { try await outbox.declareSessionDestinations(order) }
        isUndeclared = false
    }

    // MARK: Finding

    private func find() async throws {
        guard !targets.isEmpty else { return }
        let now = time.now().bootMilliseconds
        var search = try await currentSearch()
        guard let step = try await search.step() else {
            for name in order { machines[name]?.waitForClock(at: now) }
            return
        }
        for name in order { machines[name]?.clockIsRight(at: now) }
        if step.isWorthKeeping { try await outbox.keep(uploads(of: step.sessions), step.scan) }
        // An upload may have found the outbox broken: then the search begins again in the new file.
        if self.search != nil { self.search = search }
    }

    private func currentSearch() async throws -> FinishedSessionSearch {
        if let search { return search }
        let search = FinishedSessionSearch(
            try openReader(), from: try await outbox.sessionScan(), time: time)
        self.search = search
        return search
    }

    /// One lasting connection: GRDB ends each with a job that wakes libdispatch's pool for ever.
    private func openReader() throws -> OutboxReader {
        if let reader { return reader }
        let opened = try OutboxReader(path: outbox.path)
        reader = opened
        return opened
    }

    private func uploads(of sessions: [HeartRateSession]) -> [SessionUpload] {
        let now = time.now().wallMilliseconds
        return sessions.flatMap { session in
            let hasItsTime = session.first.isClockTrusted && session.last.isClockTrusted
            return order.compactMap { targets[$0] }
                .filter { $0.settings.strap.map { $0 == session.strap } ?? true }
                .map { target in
                    SessionUpload(
                        externalID: session.externalID, strap: session.strap, ids: session.ids,
                        destination: target.settings.name, state: hasItsTime ? .waiting : .setAside,
                        atMilliseconds: now, reason: hasItsTime ? nil : Self.wrongTime(session.id))
                }
        }
    }

    private static func wrongTime(_ id: Int64) -> String {
        "The clock of this machine was not set, so the date of the session is wrong. "
            + "To upload it all the same: strapline session retry \(id)"
    }

    // MARK: Uploading

    private func deliver(to name: String) async {
        await uploadAll(to: name)
        delivering.remove(name)
        await count()
    }

    /// Uploads until no session waits, or the destination fails.
    private func uploadAll(to name: String) async {
        while true {
            guard let target = targets[name], machines[name]?.isDue(at: time.now().bootMilliseconds) == true,
                !Task.isCancelled
            else { return }
            do {
                let last = machines[name]?.lastFailedID ?? 0
                guard let upload = try await outbox.nextSessionUpload(to: name, after: last) else {
                    machines[name]?.rest(at: time.now().bootMilliseconds)
                    return
                }
                machines[name]?.begin(at: time.now().bootMilliseconds)
                let outcome = try await outcome(of: upload, target)
                // The next start asks the service for it.
                if Task.isCancelled, case .tryLater = outcome { return }
                try await take(outcome, of: upload)
            } catch {
                reportOutbox(error)
                return
            }
        }
    }

    private func outcome(
        of upload: SessionUpload, _ target: Target
    ) async throws -> SessionUploadOutcome {
        // It may have been requested by hand, or from before a change of the configuration.
        if let strap = target.settings.strap, strap != upload.strap {
            return .refused(
                reason: "Only sessions of the strap \(strap) go there, by `strap` in the configuration.")
        }
        let destination = target.destination
        let file: SessionFile
        do {
            file = try await self.file(of: upload, as: destination.format)
        } catch let error as SessionFile.Missing {
            return .refused(reason: error.description)
        }
        if upload.isBegun {
            switch await destination.find(file) {
            case .found(let id): return .uploaded(id: id)
            case .missing: break
            case .failed(let outcome): return outcome
            }
        }
        try await outbox.beginSessionUpload(upload)
        return await destination.upload(file)
    }

    private func file(of upload: SessionUpload, as format: RecordingFormat) async throws -> SessionFile {
        await files.enter()
        do {
            let file = try await read(upload, as: format)
            await files.leave()
            return file
        } catch {
            await files.leave()
            throw error
        }
    }

    private func read(_ upload: SessionUpload, as format: RecordingFormat) async throws -> SessionFile {
        let recording = try await SessionReader(openReader(), time: time)
            .recording(ofStrap: upload.strap, ids: upload.ids, heartRates: SessionFile.mostHeartRates)
        return try SessionFile(
            recording, externalID: upload.externalID, as: format,
            localOffsetSeconds: { WallTime.offsetSeconds(atMilliseconds: $0) })
    }

    private func take(_ outcome: SessionUploadOutcome, of upload: SessionUpload) async throws {
        let now = time.now()
        var ended = upload
        ended.atMilliseconds = now.wallMilliseconds
        switch outcome {
        case .uploaded(let id):
            (ended.state, ended.remoteID) = (.uploaded, id)
            try await outbox.endSessionUpload(ended)
        case .refused(let reason):
            (ended.state, ended.reason) = (.setAside, reason)
            try await outbox.endSessionUpload(ended)
        case .tryLater, .pause: break
        }
        report(outcome, of: upload)
        machines[upload.destination]?.take(outcome, of: upload.id, at: now.bootMilliseconds) { failures in
            SessionUploadMachine.backoff.delay(afterFailures: failures)
        }
    }

    private func count() async {
        guard let counts = try? await outbox.sessionUploadCounts() else { return }
        for count in counts {
            machines[count.destination]?.count(
                SessionUploadMachine.SessionCounts(
                    waiting: count.waiting, uploaded: count.uploaded, setAside: count.setAside))
        }
    }

    // MARK: Log

    private func report(_ outcome: SessionUploadOutcome, of upload: SessionUpload) {
        var metadata: Logger.Metadata = ["session": "\(upload.id)", "destination": "\(upload.destination)"]
        let state = machines[upload.destination]?.status.state
        switch outcome {
        case .uploaded(let id):
            if let id { metadata["as"] = "\(id.printable())" }
            logger.notice("session uploaded", metadata: metadata)
        case .refused(let reason):
            metadata["reason"] = "\(reason)"
            metadata["next-step"] = "strapline session retry \(upload.id)"
            logger.error("session rejected, and set aside", metadata: metadata)
        case .pause(let reason):
            guard state != .paused else { return }
            metadata["reason"] = "\(reason)"
            logger.error("uploads of sessions are paused", metadata: metadata)
        case .tryLater(_, let reason):
            guard state != .retrying else { return }
            metadata["reason"] = "\(reason)"
            logger.warning("session not uploaded yet, trying again", metadata: metadata)
        }
    }

    private func reportOutbox(_ error: any Error) {
        // The file may be another one by now.
        (reader, search) = (nil, nil)
        guard !hasOutboxFailed, !targets.isEmpty, !Task.isCancelled else { return }
        hasOutboxFailed = true
        logger.error("sessions wait: the outbox does not work, trying again", metadata: ["error": "\(error)"])
    }
}
