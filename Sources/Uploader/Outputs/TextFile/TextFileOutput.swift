import EventThread
import Files
import Timing

/// Keeps text files up to date: one for each strap, or one alone.
struct TextFileOutput: Output {
    /// A file system in memory takes microseconds, a busy card may take seconds.
    static let writeLimit: Duration = .seconds(10)

    let settings: TextFileSettings
    let clock: any Clock<Duration>
    private let writer = FileWriter()

    init(settings: TextFileSettings, clock: any Clock<Duration>) {
        self.settings = settings
        self.clock = clock
    }

    func run(_ feed: OutputFeed) async throws {
        var texts: [String: String] = [:]
        while let update = await feed.next() {
            for strap in update.straps {
                let path = settings.path(of: strap)
                let text = settings.text(for: strap)
                guard texts[path] != text else { continue }
                try await write(text, to: path)
                texts[path] = text
            }
            feed.sent()
        }
    }

    private func write(_ text: String, to path: String) async throws {
        do {
            try await withTimeout(Self.writeLimit, clock: clock) { [writer] in try await writer.write(text, to: path) }
        } catch is TimedOut {
            throw TextFileError(path: path, reason: "the file system does not answer")
        } catch let error as FileReplacement.Failure {
            throw TextFileError(path: path, reason: error.reason)
        }
    }
}

/// Why a text file cannot be written, with the fix.
struct TextFileError: Error, Equatable, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String {
        "\(path) cannot be written: \(reason). Check its folder, its owner and the free space. The packaged service "
            + "may write below /run/strapline and /var/lib/strapline only."
    }
}

/// Writes files on a thread of its own, because a disk may keep a thread waiting.
struct FileWriter: Sendable {
    private let work = BlockingWork(name: "text file")

    /// Returns when the file is replaced. Every user of the machine may read a new file; an existing one keeps its
    /// mode. A reader sees the old text or the new one. After a power cut the file may be missing, which saves the card
    /// a write each second.
    func write(_ text: String, to path: String) async throws {
        try await work.perform {
            StateDirectory.makeFolder(of: path)
            var file = try FileReplacement.begin(path, modeOfNewFile: 0o644)
            try file.commit(text, isDurable: false)
        }
    }
}
