import EventThread
import Files
import Glibc
package import Logging
import ServiceLifecycle
import Synchronization
package import Timing

/// The only store of readings: a durable queue in one SQLite file, read by many lanes that never wait for each other.
///
/// ```swift
/// let lane = Lane(strap: "chest", destination: "pulsoid")
/// let outbox = try Outbox(path: "/var/lib/strapline/outbox.sqlite", lanes: [lane], logger: logger)
/// try await outbox.append(reading)                     // on the disk when this returns
///
/// let start = try await outbox.cursor(of: lane)
/// let next = try await outbox.entries(of: lane, after: start, limit: 8)      // waits until there is one
/// try await outbox.acknowledge(lane, through: next.entries.last!.id)
/// ```
///
/// - A reading is appended once. Its id is the order of arrival; nothing is ordered by wall time.
/// - A lane starts after the newest reading that is there when it is first declared. A lane that is no longer declared
///   keeps its cursor, and holds nothing back.
/// - A reading is removed when every declared lane of its strap has passed it and its retention is over; before that
///   only if ``OutboxOptions/sizeLimitBytes`` is reached.
/// - After a crash of the program everything is there that ``append(_:)`` and ``acknowledge(_:through:)`` returned for.
///   After a power cut cursors may have gone back, so that readings are delivered twice.
/// - Time: if the wall clock is wrong at the start, lanes deliver nothing until it is set, at most
///   ``OutboxOptions/clockWait``. Once it is set, all readings of this boot get their right time, computed from their
///   boot time, even if they were delivered before. Readings of an earlier boot whose clock was never set keep the time
///   they have.
///
/// Only one process may have it open. ``OutboxReader`` reads it from another process, and ``DeadLetterRequeue`` marks
/// dead letters for a retry. ``run()`` watches the clock, prunes readings, and empties the spool.
package actor Outbox: Service {
    /// How many ids one look into the file passes over, so that appends need not wait long.
    static let idsPerScan: Int64 = 20_000

    struct PendingAppend {
        let readings: [Reading]
        let done: CheckedContinuation<Int64, any Error>
    }

    package nonisolated let path: String
    let options: OutboxOptions
    let time: any TimeSource
    let clock: any Clock<Duration>
    let logger: Logger
    private var counter: OutboxCounter

    private let thread: EventThread
    var connection: OutboxConnection
    /// How often the file was opened. Another connection to it may see an old file after that.
    package internal(set) var fileOpenings = 1
    var boot: OutboxStore.Boot
    var isClosed = false
    var lanes: LaneTable
    var newestID: Int64 {
        didSet { front.store(newestID, ordering: .sequentiallyConsistent) }
    }
    /// ``newestID``, for a caller on another thread that asks whether there is more.
    nonisolated let front: Atomic<Int64>
    var recent: RecentEntries
    var pending: [PendingAppend] = []
    /// Lanes that wait for their next readings.
    var requests: [LaneRequest.Ticket: LaneRequest] = [:]
    var trust: ClockTrust
    let openedAtBootMilliseconds: Int64
    /// Whether lanes get nothing yet because the wall clock is wrong.
    var holdsUploads: Bool
    /// Nil with ``Durability/powerLoss``, and where no memory outlives the program.
    var spool: Spool?
    var recovery: OutageRecovery
    /// Wakes ``run()`` when an outage begins.
    let outages = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// Readings on sectors that the disk could not read, as far as lanes have come.
    var unreadable: Set<Int64> = []
    /// Whether it was reported that housekeeping cannot read a part of the file.
    var isBadPlaceReported = false
    /// The devices of straps that are not in the file yet.
    var unwrittenDevices: [String: (device: StrapDevice, sinceReading: Int64)] = [:]

    /// Opens the outbox at `path`, and makes the file, for this user only, when there is none.
    ///
    /// `lanes` are all lanes of the configuration; ``append(_:)`` takes readings of other straps too. Throws
    /// ``OutboxError``, which names the next step.
    package init(
        path: String, lanes: some Sequence<Lane>, options: OutboxOptions = OutboxOptions(),
        time: any TimeSource = KernelTime(), clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) throws {
        self.path = path
        self.options = options
        self.time = time
        self.clock = clock
        self.logger = logger
        counter = OutboxCounter(path: path)
        let opening = try OutboxOpening(
            path: path, lanes: Set(lanes), durability: options.durability, bootID: time.bootID,
            isClockTrusted: time.isWallClockTrusted())
        connection = OutboxConnection(opening, path: path, logger: logger)
        boot = opening.boot
        newestID = opening.spooled.last?.id ?? opening.newestID
        front = Atomic(opening.spooled.last?.id ?? opening.newestID)
        self.lanes = LaneTable(opening.lanes)
        thread = EventThread(name: "outbox")
        recent = RecentEntries(completeAfter: opening.newestID)
        for entry in opening.spooled { recent.append(entry) }
        spool = opening.spool
        openedAtBootMilliseconds = time.now().bootMilliseconds
        trust = ClockTrust(trustedSinceStart: boot.isClockTrusted, at: time.now())
        holdsUploads = !trust.isTrusted && options.clockWait > .zero
        recovery = OutageRecovery(fault: opening.fault, atMilliseconds: time.now().bootMilliseconds)
        for notice in opening.modeNotices { logger.warning("\(notice.sentence)") }
        if let warning = PrivateMode.folderWarning(path) { logger.warning("\(warning)") }
        if let aside = opening.movedAside { OutboxConnection.report(movedAside: aside.path, aside.error, logger) }
        if let fault = opening.fault { Self.report(outage: fault, logger) }
        if let error = opening.spoolError { Self.report(noSpool: error, logger) }
    }

    deinit {
        thread.stop()
    }

    /// The outbox runs on a thread of its own, because it waits for the disk.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Closes the file, so that it can be opened again at once. All other calls throw afterwards.
    package func close() throws {
        flush()
        isClosed = true
        try reportingErrors { try $0.connection.close() }
        closeSpool()
        connection.releaseLock()
        counter = OutboxCounter(path: path)
    }

    /// Counts the content, on a connection of its own: never delays an append.
    package nonisolated func statistics() async throws -> OutboxStatistics {
        try await counter.statistics(spool: spooled())
    }

    /// Returns when the outbox's thread has done all work that waits for it now, or when the task is cancelled.
    ///
    /// For a watchdog: on a thread that hangs it never returns.
    package nonisolated func ping() async {
        let (answer, answered) = AsyncStream.makeStream(of: Never.self)
        onThread { _ in answered.finish() }
        for await _ in answer {}
    }

    /// Runs `body` on this actor after the work that waits for it now.
    nonisolated func onThread(_ body: @escaping @Sendable (isolated Outbox) -> Void) {
        thread.perform { self.assumeIsolated(body) }
    }

    /// The same, but the thread is not woken: `body` runs with its next work.
    nonisolated func onThreadPatiently(_ body: @escaping @Sendable (isolated Outbox) -> Void) {
        thread.performDeferred { self.assumeIsolated(body) }
    }
}
