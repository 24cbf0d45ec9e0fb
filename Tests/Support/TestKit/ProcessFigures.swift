import FoundationEssentials

/// Figures of the kernel about a process, by the kernel's names and in its units.
package enum ProcessFigures {
    /// Memory that the process has written and does not share, in kibibytes, including swapped pages. Pages of the
    /// program's file are left out: they count as private unless another process runs the same program.
    package static func privateKibibytes(_ process: Int32) -> Int {
        figures("/proc/\(process)/smaps_rollup").filter { ["Private_Dirty", "Swap"].contains($0.key) }.values
            .reduce(0, +)
    }

    /// Memory of this process that is in RAM, in kibibytes.
    package static func residentKibibytes() -> Int { figures("/proc/self/status")["VmRSS"] ?? 0 }

    /// The peak of the process's memory in RAM, in kibibytes.
    package static func peakResidentKibibytes(_ process: Int32) -> Int {
        figures("/proc/\(process)/status")["VmHWM"] ?? 0
    }

    /// Bytes that this process has written to the disk.
    package static func writtenBytes() -> Int { figures("/proc/self/io")["write_bytes"] ?? 0 }

    package static func threads(_ process: Int32) -> Int { figures("/proc/\(process)/status")["Threads"] ?? 0 }

    /// At most 15 bytes of each. A thread without a name has that of its program.
    package static func threadNames(_ process: Int32) -> [String] {
        let folder = "/proc/\(process)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.compactMap { try? String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8) }
            .map { String($0.prefix { !$0.isNewline }) }
    }

    /// Open file descriptors.
    package static func descriptors(_ process: Int32) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd"))?.count ?? 0
    }

    /// A number above all open file descriptors of this process, with room for some that are opened later.
    package static func numberAboveDescriptors() -> Int32 {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return (open.compactMap { Int32($0) }.max() ?? 1024) + 256
    }

    private static func figures(_ path: String) -> [String: Int] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let pairs = text.split(separator: "\n").compactMap { line -> (String, Int)? in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, words[0].last == ":", let value = Int(words[1]) else { return nil }
            return (String(words[0].dropLast()), value)
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
