import Glibc
import Subprocess

/// Runs the program that appends to an outbox in a process of its own.
struct CrashHelper {
    let path: String
    var durability = "power-loss"
    var firstNumber: Int64 = 0
    var count: Int64 = 1_000_000_000
    var straps = ["chest"]

    /// What it reported before it ended.
    struct Report {
        var appended: [(id: Int64, strap: String, number: Int64)] = []
        var acknowledged: Int64 = 0
    }

    var arguments: [String] { [path, durability, "\(firstNumber)", "\(count)"] + straps }

    /// The program stands beside the one that runs the tests.
    static var program: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let this = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return this.prefix(through: this.lastIndex(of: "/") ?? this.startIndex) + "OutboxCrashHelper"
    }

    /// Runs it, and kills it (SIGKILL) as soon as it has reported this many lines. Later lines are reported too.
    ///
    /// (`env` becomes the program, and spares a dependency for the type of a path.)
    func runAndKill(afterLines limit: Int) async throws -> Report {
        try await run(
            .name("env"), arguments: .init([Self.program] + arguments), input: .none, output: .sequence,
            error: .discarded
        ) { execution in
            var report = Report()
            var lines = 0
            for try await line in execution.standardOutput.strings() {
                lines += 1
                if lines == limit { try execution.send(signal: .kill) }
                let words = line.split(whereSeparator: \.isWhitespace)
                switch words.first {
                case "appended" where words.count == 4:
                    report.appended.append((Int64(words[1]) ?? -1, String(words[2]), Int64(words[3]) ?? -1))
                case "acknowledged" where words.count == 2:
                    report.acknowledged = Int64(words[1]) ?? -1
                default: break
                }
            }
            return report
        }.closureResult
    }
}
