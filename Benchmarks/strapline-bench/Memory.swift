/// What a process holds in memory, from `/proc/PID/smaps_rollup` (proc(5)).
struct Memory: Sendable, Equatable {
    /// All pages in memory, those of files and of shared libraries included.
    var residentKibibytes: Int
    /// Pages that belong to no file: heap, stacks, and changed private pages of files.
    var anonymousKibibytes: Int

    init(residentKibibytes: Int, anonymousKibibytes: Int) {
        self.residentKibibytes = residentKibibytes
        self.anonymousKibibytes = anonymousKibibytes
    }

    init?(smapsRollup: String) {
        func kibibytes(_ name: String) -> Int? {
            let line = smapsRollup.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        }
        guard let resident = kibibytes("Rss"), let anonymous = kibibytes("Anonymous") else { return nil }
        self.init(residentKibibytes: resident, anonymousKibibytes: anonymous)
    }
}
