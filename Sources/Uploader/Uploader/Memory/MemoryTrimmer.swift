import Glibc
import ServiceLifecycle

/// Releases the memory of code that is not needed again: half of the resident memory after the start is code that read
/// the arguments and the configuration, made the lanes and found the strap.
struct MemoryTrimmer: Service {
    /// By then a strap that is worn is live.
    static let delay: Duration = .seconds(60)
    /// Rare events since then, such as a lost connection, are over.
    static let interval: Duration = .seconds(86_400)

    var clock: any Clock<Duration> = ContinuousClock()
    var letGo: @Sendable () -> Void = CodePages.letGo

    func run() async {
        try? await cancelWhenGracefulShutdown {
            try await clock.sleep(for: Self.delay)
            while true {
                letGo()
                try await clock.sleep(for: Self.interval)
            }
        }
    }
}

/// The code and the constants of this program and of its libraries, as they are mapped into its memory.
enum CodePages {
    /// The address ranges in `/proc/PID/smaps` (proc(5)) that belong to a file, are read-only, and do not differ
    /// from the file. Pages that the linker changed before it protected them are left out.
    static func ranges(inSmaps smaps: String) -> [Range<UInt>] {
        var ranges: [Range<UInt>] = []
        var candidate: Range<UInt>?
        for line in smaps.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words[0].last != ":" {
                candidate = range(words)
            } else if ["Anonymous:", "Swap:"].contains(words[0]), words.dropFirst().first != "0" {
                candidate = nil
            } else if words[0] == "VmFlags:", let unchanged = candidate {
                ranges.append(unchanged)
            }
        }
        return ranges
    }

    /// Of a mapping's first line.
    private static func range(_ words: [Substring]) -> Range<UInt>? {
        guard words.count >= 6, ["r-xp", "r--p"].contains(words[1]), words[5].hasPrefix("/") else { return nil }
        let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }

    /// Makes the kernel remove its pages from this process. They stay in the page cache and return on demand,
    /// in pieces of 64 KiB.
    static func letGo() {
        for range in ranges() {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// Of this process.
    static func ranges() -> [Range<UInt>] {
        // Foundation reads only the first piece of a file without a size.
        guard let file = fopen("/proc/self/smaps", "re") else { return [] }
        defer { fclose(file) }
        var smaps: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { smaps += piece[..<count] }
        return ranges(inSmaps: String(decoding: smaps, as: UTF8.self))
    }
}
