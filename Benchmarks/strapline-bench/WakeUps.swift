import FoundationEssentials

/// How often the threads of a process have stopped to wait and been woken again: voluntary context switches, from
/// `/proc/PID/task/TID/status` (proc(5)). A wait for the disk is one as well.
struct WakeUps: Sendable {
    /// By the thread's number; a thread that has ended is missing, and its wake-ups with it.
    private(set) var counts: [Int: (name: String, count: Int)] = [:]

    var threads: Int { counts.count }

    init(ofProcess processID: Int32) throws {
        let folder = "/proc/\(processID)/task"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            guard let thread = Int(name),
                let status = try? String(contentsOfFile: "\(folder)/\(name)/status", encoding: .utf8)
            else { continue }
            note(thread, status: status)
        }
    }

    /// The wake-ups since `earlier`, by the name of the thread.
    func since(_ earlier: WakeUps) -> [String: Int] {
        counts.reduce(into: [:]) { sums, thread in
            let before = earlier.counts[thread.key]?.count ?? 0
            sums[thread.value.name, default: 0] += thread.value.count - before
        }
    }

    private mutating func note(_ thread: Int, status: String) {
        let values = status.split(separator: "\n").reduce(into: [Substring: Substring]()) { values, line in
            let parts = line.split(separator: ":\t", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let count = values["voluntary_ctxt_switches"].flatMap({ Int($0) }) else { return }
        counts[thread] = (String(values["Name"] ?? "?"), count)
    }
}
