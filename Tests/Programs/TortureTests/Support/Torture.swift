import FoundationEssentials
import Glibc
import ProcessHarness
import SystemPackage

/// The size of each test: bounded in `make test`, full in `make torture`.
///
/// To set the size of one test: `STRAPLINE_TORTURE_KILLS=100 swift test --filter CrashTests`.
enum Torture {
    /// Whether `make torture` runs.
    static let isFull = environment("STRAPLINE_TORTURE") == "full"

    static func size(_ name: String, bounded: Int, full: Int) -> Int {
        environment("STRAPLINE_TORTURE_\(name)").flatMap { Int($0) } ?? (isFull ? full : bounded)
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// `make torture` draws and prints a seed, and `STRAPLINE_TORTURE_SEED` repeats a run. `make test` always uses the
    /// same seed.
    private static let seed: UInt64 =
        environment("STRAPLINE_TORTURE_SEED").flatMap { UInt64($0) }
        ?? (isFull ? UInt64.random(in: 1...999_999) : 1)

    /// The seed of this run, and the seeds with which the test has failed before.
    static func seeds(of test: String) -> [UInt64] {
        let kept = (try? String(contentsOfFile: seedFile(test), encoding: .utf8)) ?? ""
        let failed = kept.split(separator: "\n").compactMap { UInt64($0) }
        return [seed] + failed.filter { $0 != seed }
    }

    /// Keeps a seed with which the test has failed, for all later runs.
    static func keepSeed(_ seed: UInt64, of test: String) {
        print("torture: \(test) failed with STRAPLINE_TORTURE_SEED=\(seed)")
        guard !seeds(of: test).dropFirst().contains(seed), isFull || seed != 1 else { return }
        let kept = (try? String(contentsOfFile: seedFile(test), encoding: .utf8)) ?? ""
        try? (kept + "\(seed)\n").write(toFile: seedFile(test), atomically: true, encoding: .utf8)
    }

    private static func seedFile(_ test: String) -> String { folder + "/Seeds/\(test).txt" }

    /// The folder of this target's sources.
    static let folder: String = {
        let file = URL(filePath: #filePath)
        return file.deletingLastPathComponent().deletingLastPathComponent().path
    }()

    /// The folder of the programs under test.
    static let programs = ProgramRunner.programs.string

    /// The folder of the tests' helper programs.
    static let helpers = ProgramRunner.builtPrograms.string
}
