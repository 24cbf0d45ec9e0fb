import Outbox

/// The file in which readings wait, and the disk that it is on.
enum OutboxCheck {
    /// Less than that, and other programs, or a log, may fill the disk within a day.
    static let leastFreeBytes: Int64 = 100_000_000
    static let leastFreePercent: Int64 = 2

    static func findings(_ facts: OutboxFacts) -> [Finding] { [file(facts)] + disk(facts) }

    private static func file(_ facts: OutboxFacts) -> Finding {
        if let obstacle = facts.obstacle {
            return Finding(
                .outbox, .problem, "\(obstacle.prefix(1).uppercased())\(obstacle.dropFirst()).",
                remedy: "let the user who runs strapline write there, or name another file under `outbox` in the "
                    + "configuration; run the doctor as that user")
        }
        switch facts.file {
        case .none: return Finding(.outbox, .ok, "The outbox \(facts.path) is made at the first run.")
        case .unusable(let error):
            return Finding(.outbox, .problem, "The outbox \(error.path): \(error.detail).", remedy: error.nextStep)
        case .uncounted: return Finding(.outbox, .info, "The outbox \(facts.path) holds too much to count it quickly.")
        case .readable(let statistics): return contents(facts, statistics)
        }
    }

    private static func contents(_ facts: OutboxFacts, _ statistics: OutboxStatistics) -> Finding {
        let waiting = statistics.lanes.reduce(0) { $0 + $1.waiting }
        let setAside = statistics.lanes.reduce(0) { $0 + $1.setAside }
        let sentence =
            "The outbox \(facts.path) holds \(waiting == 1 ? "1 upload that waits" : "\(waiting) uploads that wait")"
        return setAside == 0
            ? Finding(.outbox, .ok, "\(sentence).")
            : Finding(
                .outbox, .info, "\(sentence), and \(setAside) that a service refused for good.",
                remedy: "strapline outbox list says why; strapline outbox retry has them sent once more")
    }

    private static func disk(_ facts: OutboxFacts) -> [Finding] {
        guard let disk = facts.disk, disk.totalBytes > 0 else { return [] }
        let free = "\(disk.freeBytes / 1_000_000) MB (\(Int(100 * Double(disk.freeBytes) / Double(disk.totalBytes))) %)"
        guard disk.freeBytes < leastFreeBytes || disk.freeBytes < disk.totalBytes / 100 * leastFreePercent else {
            return [Finding(.disk, .ok, "The disk of the outbox has \(free) free.")]
        }
        return [
            Finding(
                .disk, .warning,
                "The disk of the outbox is nearly full: \(free) free. Readings that find no room are lost.",
                remedy:
                    "free space: sudo apt clean; sudo journalctl --vacuum-size=100M; du -xh / | sort -h | tail shows "
                    + "the large folders")
        ]
    }
}
