import Glibc
import Outbox
import Timing

/// Looks at the outbox of a plan without holding up an uploader that has it open.
struct OutboxProbe: Sendable {
    /// To count what waits: less than a second, but for a full outbox on a slow card.
    static let countLimit: Duration = .seconds(10)

    var clock: any Clock<Duration> = ContinuousClock()

    func facts(about path: String) async -> OutboxFacts {
        let place = OutboxPlace(path: path)
        return OutboxFacts(
            path: path, obstacle: place.obstacle, file: await file(path), disk: Self.disk(of: place.existingFolder))
    }

    private func file(_ path: String) async -> OutboxFacts.File {
        let folder = OutboxPlace(path: path).existingFolder
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
