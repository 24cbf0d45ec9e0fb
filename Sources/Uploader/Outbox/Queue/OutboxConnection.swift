import Glibc
import Logging

/// The connection to the outbox's file, and the way back to the file while the outbox runs.
struct OutboxConnection {
    private static let rescueMark = ".rescue"
    private static let foundMark = ".found-"

    /// What the outbox knows of its file: another file must not take its place.
    struct Identity {
        let newestID: Int64
        let boot: OutboxStore.Boot
        let bootID: String
        let isClockTrusted: Bool
        let lanes: Set<Lane>
    }

    /// What the file has, once it is open again.
    struct Reopened {
        let newestID: Int64
        let boot: OutboxStore.Boot
        let lanes: [Lane: (id: Int64, cursor: Int64)]
    }

    let path: String
    /// Nil while there is no file.
    var store: OutboxStore?
    /// Whether ``store`` only reads, because the disk took no writes at the start.
    private(set) var isReadOnly: Bool
    private let logger: Logger
    private var lock: OutboxLock?
    /// Where ``store`` was opened.
    private var place: OutboxFile.Place

    init(_ opening: OutboxOpening, path: String, logger: Logger) {
        self.path = path
        self.logger = logger
        store = opening.store
        isReadOnly = opening.fault != nil
        lock = opening.lock
        place = OutboxFile.Place(path)
    }

    /// Whether the path still leads to the file.
    var isInPlace: Bool { OutboxFile.Place(path) == place }

    var noFile: OutboxError {
        OutboxError(.vanished, path: path, detail: "the file is no longer where it was")
    }

    private var notOurs: OutboxError {
        OutboxError(.vanished, path: path, detail: "the file there is not the one that was open")
    }

    mutating func close() throws {
        // Gone before it is closed: SQLite traps if a closed connection is asked for a checkpoint.
        let closing = store.take()
        try closing?.close()
    }

    /// Lets another process open the file.
    mutating func releaseLock() {
        lock = nil
    }

    /// Replaces the connection, and the file if it has to be.
    ///
    /// The old connection is used until the new one works, because lanes may still read with it.
    mutating func reopen(after error: OutboxError, movesAside: Bool, _ identity: Identity) throws -> Reopened {
        let found = OutboxFile.Place(path)
        if found == place {
            if movesAside { try replaceDamaged(error) }
        } else if place.file != nil {
            try find(found, identity)
        }
        if lock?.isInPlace(forOutboxAt: path) != true { lock = try OutboxLock(forOutboxAt: path) }
        return try attach(try OutboxOpening.openStore(path), identity)
    }

    private mutating func attach(_ opened: OutboxStore, _ identity: Identity) throws -> Reopened {
        var opened = opened
        let newest = try opened.newestID()
        guard newest <= identity.newestID else { throw notOurs }
        let reopened = Reopened(
            newestID: newest,
            boot: try opened.boot(named: identity.bootID, isClockTrusted: identity.isClockTrusted),
            lanes: try opened.declare(identity.lanes))
        try? store?.close()
        store = opened
        isReadOnly = false
        place = OutboxFile.Place(path)
        return reopened
    }

    private mutating func replaceDamaged(_ error: OutboxError) throws {
        try? store?.close()
        store = nil
        let aside = try OutboxFile.moveAside(path)
        try OutboxFile.make(path)
        place = OutboxFile.Place(path)
        Self.report(movedAside: aside, error, logger)
    }

    static func report(movedAside aside: String, _ error: OutboxError, _ logger: Logger) {
        logger.error(
            "the outbox was damaged: its file was moved aside, a new one is begun",
            metadata: [
                "error": "\(error.detail)", "moved-to": "\(aside)",
                "next-step": "to recover its readings: sqlite3 \(aside) .recover",
            ])
    }

    /// The path leads elsewhere than before.
    ///
    /// On the same disk, the file was moved or removed: it is written there again. On another disk, the right one is
    /// not mounted: no file is begun there, because the readings would be in two places. When the right disk is mounted
    /// again it may have another number: the file is known by this boot.
    private mutating func find(_ found: OutboxFile.Place, _ identity: Identity) throws {
        guard found.folderDevice == place.folderDevice else {
            guard found.file != nil, OutboxFile.size(path) ?? 0 > 0 else { throw noFile }
            let known = try OutboxStore(reading: path)
            defer { try? known.close() }
            guard try known.knownBoot(named: identity.bootID)?.firstReadingID == identity.boot.firstReadingID
            else { throw notOurs }
            return
        }
        try rescue(found)
    }

    private mutating func rescue(_ found: OutboxFile.Place) throws {
        let copy = path + Self.rescueMark
        unlink(copy)
        try OutboxFile.make(copy)
        do {
            try store?.copy(to: copy)
            OutboxFile.sync(copy)
        } catch {
            unlink(copy)
            let error = OutboxError(error, path: path)
            if error.isDiskFault { throw error }
            try OutboxFile.make(copy)
            logger.error("what the outbox held could not be copied", metadata: ["error": "\(error)"])
        }
        // Its log goes with it; all of it is in the copy. Files that are left there belong to the other file.
        try? store?.close()
        store = nil
        if found.file != nil {
            let aside = try OutboxFile.moveAside(path, as: Self.foundMark)
            logger.error("another file was found in the outbox's place", metadata: ["moved-to": "\(aside)"])
        }
        for companion in OutboxFile.companions { unlink(path + companion) }
        guard rename(copy, path) == 0 else { throw OutboxError(systemError: errno, path: path) }
        OutboxFile.sync(OutboxFile.folder(of: path))
        place = OutboxFile.Place(path)
        logger.error("the outbox's file was moved or removed while it was open: it was written there again")
    }
}
