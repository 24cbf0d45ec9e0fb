import Glibc
import Outbox
import Timing
import UploaderConfiguration

/// Looks at the outbox of a plan without holding up an uploader that has it open.
struct OutboxProbe: Sendable {
    /// The time to count the backlog: less than a second, except for a full outbox on a slow card.
    static let countLimit: Duration = .seconds(10)

    var clock: any Clock<Duration> = ContinuousClock()

    func facts(about path: String) async -> OutboxFacts {
        let place = OutboxLocationCheck(path: path)
        return OutboxFacts(
            path: path, obstacle: place.obstacle, file: await file(path), disk: Self.disk(of: place.existingFolder))
    }

    private func file(_ path: String) async -> OutboxFacts.File {
        let folder = OutboxLocationCheck(path: path).existingFolder
        if let error = OutboxError(unsuitableFolder: folder, outbox: path) { return .unusable(error) }
        do {
            let reader = try OutboxReader(path: path)
            return .readable(try await withTimeout(Self.countLimit, clock: clock) { try await reader.statistics() })
        } catch let error as OutboxError {
            return error.code == .missing ? .none : .unusable(error)
        } catch {
            return .uncounted
        }
    }

    private static func disk(of folder: String) -> OutboxFacts.Disk? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        // What a user who is not root may still use.
        return OutboxFacts.Disk(
            freeBytes: bytes(UInt64(status.f_bavail), UInt64(status.f_frsize)),
            totalBytes: bytes(UInt64(status.f_blocks), UInt64(status.f_frsize)))
    }

    /// Some file systems have more blocks than there are bytes in a number.
    static func bytes(_ blocks: UInt64, _ blockBytes: UInt64) -> Int64 {
        let (product, isTooLarge) = blocks.multipliedReportingOverflow(by: blockBytes)
        return isTooLarge ? .max : Int64(clamping: product)
    }
}

/// How it stands with the file in which readings wait, and with its disk.
struct OutboxFacts: Sendable {
    enum File: Sendable {
        /// It is made at the first run.
        case none
        case readable(OutboxStatistics)
        case unusable(OutboxError)
        /// Its content took too long to count.
        case uncounted
    }

    let path: String
    /// Why this user cannot write it.
    let obstacle: String?
    let file: File
    /// nil if it is unknown.
    let disk: Disk?

    struct Disk: Sendable, Equatable {
        let freeBytes: Int64
        let totalBytes: Int64
    }
}
