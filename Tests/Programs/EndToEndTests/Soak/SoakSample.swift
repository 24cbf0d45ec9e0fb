import FoundationEssentials
import TestKit

/// The figures of the programs at one moment of the soak.
struct SoakSample {
    /// The figures of one process.
    struct Figures {
        let privateKibibytes: Int
        let threads: Int
        let descriptors: Int

        init(of process: Int32) {
            privateKibibytes = ProcessFigures.privateKibibytes(process)
            threads = ProcessFigures.threads(process)
            descriptors = ProcessFigures.descriptors(process)
        }

        var cells: [String] {
            ["\(Double(privateKibibytes * 10 / 1024) / 10)", "\(threads)", "\(descriptors)"]
        }
    }

    let day: Int
    let minutes: Double
    /// Readings that all straps have sent until now.
    let readings: Int
    let uploader: Figures
    let hub: Figures
    let outboxBytes: Int
    let outboxLogBytes: Int
    let hubBytes: Int

    static let header = [
        "day", "min", "readings", "uploader private (MiB)", "threads", "files", "hub private (MiB)", "threads", "files",
        "outbox (MB)", "its log (kB)", "hub's database (MB)",
    ]

    var cells: [String] {
        [day.description, "\(Double(Int(minutes * 10)) / 10)", readings.description] + uploader.cells + hub.cells
            + [Self.megabytes(outboxBytes), "\(outboxLogBytes / 1000)", Self.megabytes(hubBytes)]
    }

    private static func megabytes(_ bytes: Int) -> String { "\(Double(bytes / 10_000) / 100)" }

    /// The total size of the files with this path and one of these suffixes.
    static func bytes(of path: String, _ suffixes: [String]) -> Int {
        suffixes.reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }
}
