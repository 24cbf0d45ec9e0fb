import FoundationEssentials
import Glibc

/// The code of this program and of its libraries, as it is mapped into its memory.
enum MappedCode {
    /// The addresses in `/proc/PID/maps` (proc(5)) of what belongs to a file, can be executed and cannot be written: nothing
    /// there differs from the file.
    static func ranges(inMaps maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count >= 6, words[1] == "r-xp", words[5].hasPrefix("/") else { return nil }
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }

    /// Has the kernel take its pages out of this process. They stay in the page cache; what is needed again comes from there,
    /// in pieces of 64 KiB.
    static func letGo() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        for range in ranges(inMaps: maps) {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }
}
