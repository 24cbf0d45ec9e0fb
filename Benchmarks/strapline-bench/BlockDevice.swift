import FoundationEssentials
import Glibc

/// The block device that a folder's file system stands on: a card, a disk, a loop device.
struct BlockDevice: Sendable {
    /// The kernel counts in these, whatever the device has (Documentation/block/stat.rst).
    private static let sectorBytes: Int64 = 512
    /// Which field of `stat` has the sectors written.
    private static let sectorsWrittenField = 6

    private let statisticsPath: String

    init(of folder: String) throws {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw BenchError("\(folder): \(String(cString: strerror(errno)))") }
        // As glibc's macros `major` and `minor` take a `dev_t` apart, which Swift does not see.
        let device = UInt64(status.st_dev)
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & 0xFFFF_FF00
        statisticsPath = "/sys/dev/block/\(major):\(minor)/stat"
        guard FileManager.default.isReadableFile(atPath: statisticsPath) else {
            throw BenchError("\(folder) is on no block device: its writes cannot be counted")
        }
    }

    /// All bytes that have reached the device, its file system's own included.
    func bytesWritten() throws -> Int64 {
        let fields = try String(contentsOfFile: statisticsPath, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        guard fields.count > Self.sectorsWrittenField, let sectors = Int64(fields[Self.sectorsWrittenField]) else {
            throw BenchError("\(statisticsPath) cannot be read")
        }
        return sectors * Self.sectorBytes
    }
}
