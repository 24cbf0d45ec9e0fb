import Subprocess
import SystemPackage
import TestKit

/// The library of `Shim/outbox-shim.c`, for `LD_PRELOAD` in a program with an outbox.
struct OutboxShim {
    /// Whether the process dies before or after a change of the files.
    enum Side: String, CaseIterable {
        case before, after
    }

    private let directory = TemporaryDirectory()

    /// Built with the compiler that the package needs too.
    init() async throws {
        let built = try await run(
            .name("cc"),
            arguments: ["-O2", "-shared", "-fPIC", "-o", library, Torture.folder + "/Shim/outbox-shim.c", "-ldl"],
            input: .none, output: .discarded, error: .string(limit: 1 << 16))
        guard built.terminationStatus.isSuccess else { throw BuildError(description: built.standardError) }
    }

    struct BuildError: Error, CustomStringConvertible {
        let description: String
    }

    private var library: String { directory.file("outbox-shim.so") }

    /// The process ends at its `number`th change of the outbox's files, which are counted from 1.
    func killing(_ side: Side, change number: Int, of outbox: String) -> [Environment.Key: String?] {
        ["LD_PRELOAD": library, "OUTBOX_SHIM_FILE": outbox, "OUTBOX_SHIM_KILL": "\(side.rawValue):\(number)"]
    }

    /// Changes of the outbox's files fail (`EIO`) while the file `sign` exists.
    func failing(while sign: String, of outbox: String) -> [Environment.Key: String?] {
        ["LD_PRELOAD": library, "OUTBOX_SHIM_FILE": outbox, "OUTBOX_SHIM_FAIL": sign]
    }

    /// Reads of these bytes of the outbox's file fail (`EIO`).
    func withUnreadable(_ bytes: Range<Int>, of outbox: String) -> [Environment.Key: String?] {
        [
            "LD_PRELOAD": library, "OUTBOX_SHIM_FILE": outbox,
            "OUTBOX_SHIM_UNREADABLE": "\(bytes.lowerBound):\(bytes.count)",
        ]
    }

    /// The kernel says that the clock is set while the file `sign` exists, and else that it is not.
    func withClock(setWhile sign: String) -> [Environment.Key: String?] {
        ["LD_PRELOAD": library, "OUTBOX_SHIM_CLOCK": sign]
    }

    /// Records all changes of the outbox's files in the file `record`.
    func recording(to record: String, of outbox: String) -> [Environment.Key: String?] {
        ["LD_PRELOAD": library, "OUTBOX_SHIM_FILE": outbox, "OUTBOX_SHIM_RECORD": record]
    }
}
