import Glibc
import ServiceLifecycle

/// Gives back the memory of code that was needed once: half of what is resident after the start is code that has read
/// the arguments and the configuration, made the lanes and found the strap.
struct MemoryTrimmer: Service {
    /// By then a strap that is worn is live.
    static let delay: Duration = .seconds(60)
    /// What came up since, such as a lost connection, is over.
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
    /// The addresses in `/proc/PID/smaps` (proc(5)) of what belongs to a file, cannot be written, and of which no page differs
    /// from the file: what the linker has changed before it was protected is not among it.
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

    /// Has the kernel take its pages out of this process. They stay in the page cache; what is needed again comes from there,
    /// in pieces of 64 KiB.
    static func letGo() {
        for range in ranges() {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// Of this process.
    static func ranges() -> [Range<UInt>] {
        // Foundation takes no more than the first piece of a file that tells no size.
        guard let file = fopen("/proc/self/smaps", "re") else { return [] }
        defer { fclose(file) }
        var smaps: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { smaps += piece[..<count] }
        return ranges(inSmaps: String(decoding: smaps, as: UTF8.self))
    }
}
