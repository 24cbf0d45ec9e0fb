import Glibc
import Logging
import Timing

/// How the outbox comes to its file again, or to another, while it runs.
extension Outbox {
    private static let rescueMark = ".rescue"
    private static let foundMark = ".found-"
    /// A disk that garbles whatever it is given is not filled with files that were moved aside.
    private static let moveAsideIntervalMilliseconds: Int64 = 600_000

    /// Replaces the connection, and the file where it has to be. The old connection is used until the new one works, for
    /// lanes may still read with it.
    func openAnew(after error: OutboxError) throws {
        let found = OutboxFile.Place(path)
        if error.meansDamage, found == place {
            let now = time.now().bootMilliseconds
            if movedAsideAtMilliseconds.map({ now - $0 >= Self.moveAsideIntervalMilliseconds }) ?? true {
                movedAsideAtMilliseconds = now
                try replaceDamaged(error)
            }
        } else if found != place, place.file != nil {
            try find(found)
        }
        if lock?.isInPlace(forOutboxAt: path) != true { lock = try OutboxLock(forOutboxAt: path) }
        try attach(try OutboxOpening.openStore(path))
    }

    private func attach(_ opened: OutboxStore) throws {
        var opened = opened
        let newest = try opened.newestID()
        guard newest <= newestID else { throw notOurs }
        boot = try opened.boot(named: time.bootID, isClockTrusted: trust.isTrusted)
        for (lane, state) in try opened.declare(Set(lanes.keys)) { lanes[lane]?.id = state.id }
        try? store?.close()
        store = opened
        isReadOnly = false
        place = OutboxFile.Place(path)
        // A commit of which an error was told may be there; and what was not synced may not.
        recent.written(through: newest)
    }

    private func replaceDamaged(_ error: OutboxError) throws {
        try? store?.close()
        store = nil
        let aside = try OutboxFile.moveAside(path)
        try OutboxFile.make(path)
        place = OutboxFile.Place(path)
        Self.tell(movedAside: aside, error, logger)
    }

    static func tell(movedAside aside: String, _ error: OutboxError, _ logger: Logger) {
        logger.error(
            "the outbox was damaged: its file was moved aside, a new one is begun",
            metadata: [
                "error": "\(error.detail)", "moved-to": "\(aside)",
                "next-step": "what can be read of it: sqlite3 \(aside) .recover",
            ])
    }

    /// The path leads elsewhere than before. On the same disk somebody has moved or removed the file: it is written there
    /// again. On another disk the right one is not mounted: nothing is begun there, or a part of the readings would be
    /// where nobody looks for it. When it is mounted again it may have another number, and is known by this boot.
    private func find(_ found: OutboxFile.Place) throws {
        guard found.folderDevice == place.folderDevice else {
            guard found.file != nil, OutboxFile.size(path) ?? 0 > 0 else { throw noFile }
            let known = try OutboxStore(reading: path)
            defer { try? known.close() }
            guard try known.knownBoot(named: time.bootID)?.firstReadingID == boot.firstReadingID else { throw notOurs }
            return
        }
        try rescue(found)
    }

    private func rescue(_ found: OutboxFile.Place) throws {
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
        // With it goes its log, if it is there; all of it is in the copy. What is left there belongs to the other file.
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

    private var notOurs: OutboxError {
        OutboxError(.vanished, path: path, detail: "the file there is not the one that was open")
    }
}
