import Files
import Glibc

/// The start of an outbox: its file, or the readable part of it while the disk takes no writes.
struct OutboxOpening {
    var lock: OutboxLock?
    var store: OutboxStore?
    var boot: OutboxStore.Boot
    var newestID: Int64 = 0
    var lanes: [Lane: LaneTable.State]
    /// The spooled readings of a crash that the file does not have, oldest first.
    var spooled: [OutboxEntry] = []
    var spool: Spool?
    /// Why there is no spool, where there should be one.
    var spoolError: (any Error)?
    /// Why nothing can be written yet.
    var fault: OutboxError?
    /// Where a damaged file was moved, and its damage.
    var movedAside: (path: String, error: OutboxError)?

    /// Problems with the modes of its files.
    let modeNotices: [PrivateMode.Notice]

    private let path: String

    /// A damaged file is moved aside and a new one begun; a full or a read-only disk is no reason not to start.
    init(
        path: String, lanes: Set<Lane>, durability: Durability, bootID: String, isClockTrusted: Bool
    ) throws(OutboxError) {
        self.path = path
        if OutboxFile.isOfAnotherProgram(path) {
            throw OutboxError(.notAnOutbox, path: path, detail: "a file of another program")
        }
        // Before they are opened: SQLite gives its other files the mode of the first.
        modeNotices = PrivateMode.restore(Self.files(ofOutboxAt: path))
        boot = OutboxStore.Boot(id: 0, firstReadingID: 1, isClockTrusted: isClockTrusted)
        self.lanes = Dictionary(uniqueKeysWithValues: lanes.map { ($0, LaneTable.State(id: 0, cursor: 0)) })
        // First: on such a disk SQLite makes a sound file look damaged.
        if let failure = FileSystemTrial.failure(in: OutboxFile.folder(of: path)) {
            throw OutboxError(.unsuitableDisk, path: path, detail: failure.description)
        }
        do throws(OutboxError) {
            lock = try OutboxLock(forOutboxAt: path)
            try open(bootID: bootID)
        } catch {
            if error.meansDamage, OutboxFile.wasOutbox(path) {
                store = nil
                movedAside = (try OutboxFile.moveAside(path), error)
                try open(bootID: bootID)
            } else if error.isDiskFault {
                fault = error
                try look(bootID: bootID)
            } else {
                throw error
            }
        }
        do {
            try openSpool(creates: durability == .processCrash)
        } catch {
            spoolError = error
        }
    }

    private static func files(ofOutboxAt path: String) -> [String] {
        let spool = try? SpoolPlace(forOutboxAt: path)
        let databases = [path] + (spool.map { [$0.file] } ?? [])
        return databases.flatMap { file in ([""] + OutboxFile.companions).map { file + $0 } } + [path + ".lock"]
    }

    /// Spooled readings of a crash wait in memory for the file, as before.
    private mutating func openSpool(creates: Bool) throws {
        guard creates || Spool.content(forOutboxAt: path) != nil else { return }
        let found = try Spool(forOutboxAt: path)
        let content = try found.content()
        spooled = content.entries.filter { $0.id > newestID }
        let newest = spooled.last?.id ?? newestID
        for (lane, cursor) in content.cursors {
            guard let state = lanes[lane] else { continue }
            lanes[lane]?.cursor = max(state.cursor, min(cursor, newest))
        }
        spool = found
    }

    private mutating func open(bootID: String) throws(OutboxError) {
        do {
            var opened = try Self.openStore(path)
            newestID = try opened.newestID()
            boot = try opened.boot(named: bootID, isClockTrusted: boot.isClockTrusted)
            // In a damaged file a cursor may be beyond the readings: its lane would wait for ever.
            lanes = try opened.declare(Set(lanes.keys)).mapValues {
                LaneTable.State(id: $0.id, cursor: min($0.cursor, newestID))
            }
            store = opened
        } catch {
            throw OutboxError(error, path: path)
        }
    }

    /// Reads the state of the file. Without a file, or with an empty one, everything is at its beginning.
    private mutating func look(bootID: String) throws(OutboxError) {
        guard OutboxFile.size(path) ?? 0 > 0 else { return }
        do {
            let opened = try OutboxStore(reading: path)
            newestID = try opened.newestID()
            boot =
                try opened.knownBoot(named: bootID)
                ?? OutboxStore.Boot(id: 0, firstReadingID: newestID + 1, isClockTrusted: boot.isClockTrusted)
            let known = try opened.cursors(of: Set(lanes.keys))
            for lane in lanes.keys {
                lanes[lane] = LaneTable.State(
                    id: known[lane]?.id ?? 0, cursor: min(known[lane]?.cursor ?? newestID, newestID))
            }
            store = opened
        } catch {
            throw OutboxError(error, path: path)
        }
    }

    /// Opens the file; makes it, for this user only, when there is none.
    static func openStore(_ path: String) throws -> OutboxStore {
        try OutboxFile.make(path)
        if OutboxFile.isEmptyWithLog(path) {
            throw OutboxError(.damaged, path: path, detail: "the file is empty, its write-ahead log is not")
        }
        return try OutboxStore(path: path)
    }
}
