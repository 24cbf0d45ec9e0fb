import EventThread
import Files
import Glibc
import Timing

/// Keeps text files up to date: one for each strap, or one alone.
struct TextFileOutput: Output {
    /// A file system in memory takes microseconds, a busy card may take seconds.
    static let writeLimit: Duration = .seconds(10)
    /// When a file that cannot be written is tried again, if nothing changes before that.
    static let retry: Duration = .seconds(30)

    /// A file that this run has written.
    private struct Written {
        /// Nil after a failure.
        var text: String?
    }

    let settings: TextFileSettings
    let clock: any Clock<Duration>
    private let writer = FileWriter()

    init(settings: TextFileSettings, clock: any Clock<Duration>) {
        self.settings = settings
        self.clock = clock
    }

    func run(_ feed: OutputFeed) async throws {
        var files: [String: Written] = [:]
        var isFailing = false
        while let update = await feed.next(within: isFailing ? Self.retry : nil) {
            var failures: [any Error] = []
            for strap in update.straps {
                let path = settings.path(of: strap)
                let text = settings.text(for: strap)
                guard files[path]?.text != text else { continue }
                do {
                    try await write(text, to: path, isOwn: files[path] != nil)
                    files[path] = Written(text: text)
                } catch {
                    files[path]?.text = nil
                    failures.append(error)
                }
            }
            isFailing = !failures.isEmpty
            guard let failure = failures.first else {
                feed.sent()
                continue
            }
            // The file of one strap holds up no other, which would show an old heart rate.
            if failures.count == update.straps.count { throw failure }
            feed.failed("\(failure) The files of the other straps are written.")
        }
    }

    private func write(_ text: String, to path: String, isOwn: Bool) async throws {
        do {
            try await withTimeout(Self.writeLimit, clock: clock) { [writer] in
                try await writer.write(text, to: path, emptiesOnFailure: isOwn)
            }
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
    ///
    /// On a full disk a file cannot be replaced, but it can be emptied. With `emptiesOnFailure` that is done, so that
    /// it does not show an old heart rate.
    func write(_ text: String, to path: String, emptiesOnFailure: Bool = false) async throws {
        try await work.perform {
            StateDirectory.makeFolder(of: path)
            do {
                var file = try FileReplacement.begin(path, modeOfNewFile: 0o644)
                try file.commit(text, isDurable: false)
            } catch {
                guard emptiesOnFailure, truncate(path, 0) == 0, text.isEmpty else { throw error }
            }
        }
    }
}
