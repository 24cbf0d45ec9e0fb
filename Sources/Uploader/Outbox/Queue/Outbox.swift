import EventThread
import Files
import Glibc
package import Logging
import ServiceLifecycle
import Synchronization
package import Timing

/// The only memory for readings: a durable queue in one SQLite file, read by many lanes that never wait for each other.
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
/// - A reading leaves when every declared lane of its strap has passed it and its retention is over; before that only
///   when ``OutboxOptions/sizeLimitBytes`` is reached.
/// - After a crash of the program all that ``append(_:)`` and ``acknowledge(_:through:)`` returned for is there. After a
///   power cut cursors may have gone back, so that readings are delivered twice.
/// - Time: on a machine whose wall clock is wrong at the start, lanes deliver nothing until it is set, at most
///   ``OutboxOptions/clockWait``. Once it is set, all readings of this boot get the time at which they happened, from
///   their boot time, also those that had gone out by then. Readings of an earlier boot whose clock was never set keep
///   the time they have: nothing tells a better one.
///
/// Only one process may have it open; ``OutboxReader`` looks on, and ``SetAsideRetry`` marks what is to be sent again. ``run()`` watches the clock, lets readings go, and empties the spool.
package actor Outbox: Service {
    /// How many ids one look into the file passes over, so that appends need not wait long.
    static let idsPerScan: Int64 = 20_000

    struct LaneState {
        var id: Int64
        var cursor: Int64
    }

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

    var lock: OutboxLock?
    private let thread: EventThread
    var boot: OutboxStore.Boot
    /// Nil while there is no file.
    var store: OutboxStore?
    /// Whether ``store`` only reads, for the disk took no writes at the start.
    var isReadOnly: Bool
    /// Where ``store`` was opened.
    var place: OutboxFile.Place
    var lookedAtMilliseconds: Int64
    var isClosed = false
    var lanes: [Lane: LaneState]
    var newestID: Int64 {
        didSet { front.store(newestID, ordering: .sequentiallyConsistent) }
    }
    /// ``newestID``, for those who ask from another thread whether there is more.
    nonisolated let front: Atomic<Int64>
    var recent: RecentEntries
    var pending: [PendingAppend] = []
    /// Lanes that wait for their next readings.
    var requests: [LaneRequest.Ticket: LaneRequest] = [:]
    var trust: ClockTrust
    /// Whether lanes get nothing yet because the wall clock is wrong.
    var holdsUploads: Bool
    /// Nil with ``Durability/powerLoss``, and where no memory outlives the program.
    var spool: Spool?

    /// Not nil while the file cannot be written.
    var outage: StorageOutage?
    var isOutageTold = true
    var outageToldAtMilliseconds: Int64?
    /// When a damaged file was last moved aside while it was open.
    var movedAsideAtMilliseconds: Int64?
    /// Tells ``run()`` that an outage has begun.
    let faults = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// What was refused while the file could not be written.
    var refusals: [Refusal] = []
    /// Readings that memory had no room for, since the start; and those of them that are counted in the file.
    var lost = (passed: 0, awaited: 0)
    var countedLost = (passed: 0, awaited: 0)
    /// Readings on sectors that the disk could not read, as far as lanes have come.
    var unreadable: Set<Int64> = []
    /// Readings that were too old for a lane, and are not counted in the file yet.
    var tooOld: [Lane: Int] = [:]

    /// Opens the outbox at `path`, and makes the file, for this user only, when there is none.
    ///
    /// `lanes` are all lanes of the configuration; ``append(_:)`` takes readings of other straps too. Throws
    /// ``OutboxError``, which tells the user what to do.
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
        lock = opening.lock
        store = opening.store
        isReadOnly = opening.fault != nil
        boot = opening.boot
        newestID = opening.spooled.last?.id ?? opening.newestID
        front = Atomic(opening.spooled.last?.id ?? opening.newestID)
        self.lanes = opening.lanes
        place = OutboxFile.Place(path)
        lookedAtMilliseconds = time.now().bootMilliseconds
        thread = EventThread(name: "outbox")
        recent = RecentEntries(completeAfter: opening.newestID)
        for entry in opening.spooled { recent.append(entry) }
        spool = opening.spool
        trust = ClockTrust(trustedSinceStart: boot.isClockTrusted, at: time.now())
        holdsUploads = !trust.isTrusted && options.clockWait > .zero
        outage = opening.fault.map(StorageOutage.init)
        for notice in opening.modeNotices { logger.warning("\(notice.sentence)") }
        if let warning = PrivateMode.folderWarning(path) { logger.warning("\(warning)") }
        if let aside = opening.movedAside { Self.tell(movedAside: aside.path, aside.error, logger) }
        if let fault = opening.fault { Self.tell(outage: fault, logger) }
        if let error = opening.spoolError { Self.tell(noSpool: error, logger) }
    }

    deinit {
        thread.stop()
    }

    /// The outbox runs on a thread of its own, for it waits for the disk.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Closes the file, so that it can be opened again at once. Everything else throws afterwards.
    package func close() throws {
        flush()
        isClosed = true
        // Gone before it is closed: SQLite traps where a connection that is no more is asked for a checkpoint.
        let closing = store.take()
        try reportingErrors { _ in try closing?.close() }
        closeSpool()
        lock = nil
        counter = OutboxCounter(path: path)
    }

    /// Counts what is there, on a connection of its own: never delays an append.
    package nonisolated func statistics() async throws -> OutboxStatistics {
        try await counter.statistics(spool: spooled())
    }

    /// Runs `body` on this actor after whatever waits for it by now.
    nonisolated func onThread(_ body: @escaping @Sendable (isolated Outbox) -> Void) {
        thread.perform { self.assumeIsolated(body) }
    }

    /// The same, with what the thread does next: it is not woken for it.
    nonisolated func onThreadPatiently(_ body: @escaping @Sendable (isolated Outbox) -> Void) {
        thread.performPatiently { self.assumeIsolated(body) }
    }
}
