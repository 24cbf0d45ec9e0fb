import Glibc

/// How fast the disk is that the hub's file is on: a block is written and synced, and then the next.
struct DiskYardstick {
    private static let blockBytes = 4096

    var folder: String

    func syncsPerSecond(for time: Duration) throws -> Double {
        let path = folder + "/syncs"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BenchError("cannot write \(path): \(String(cString: strerror(errno)))") }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 0xA5, count: Self.blockBytes)
        let start = ContinuousClock.now
        var syncs = 0
        while .now - start < time {
            // The same 64 blocks again and again, as SQLite's log does.
            guard pwrite(file, block, block.count, off_t(syncs % 64 * block.count)) == block.count, fdatasync(file) == 0
            else { throw BenchError("cannot write \(path): \(String(cString: strerror(errno)))") }
            syncs += 1
        }
        return Double(syncs) / ((.now - start) / .seconds(1))
    }
}
