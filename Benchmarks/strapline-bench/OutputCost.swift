import ArgumentParser
import FoundationEssentials

/// The cost of outputs for the delivery beside them.
struct OutputCost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outputs",
        abstract: "Measures strapline run without outputs, with three dead ones, and with a text file beside them.")

    @Option(help: "The program strapline.")
    var strapline: String

    @Option(help: "A folder, on a real disk, for the programs' databases.")
    var folder: String

    @Option(help: "The address of a bus that no other program uses.")
    var bus: String

    @Option(help: "How many times the programs take turns.")
    var rounds = 3

    @Option(help: "Writes the table here too.")
    var output: String?

    /// Nothing listens at the port, nothing answers at the address (RFC 5737), and the folder is a file.
    private static let dead = """
        outputs:
          - { kind: webhook, name: refused, address: "http://127.0.0.1:1" }
          - { kind: webhook, name: silent, address: "http://192.0.2.1" }
          - { kind: file, name: blocked, path: /proc/version/hr.txt }

        """

    func run() async throws {
        let file = "  - { kind: file, path: /dev/shm/strapline-bench.txt }\n"
        let contestants = [("no outputs", ""), ("three dead", Self.dead), ("and a text file", Self.dead + file)].map {
            var contestant = Contestant.strapline(program: strapline)
            contestant.name = $0.0
            contestant.furtherConfiguration = $0.1
            return contestant
        }
        var results: [[TrialResult]] = contestants.map { _ in [] }
        for round in 1...rounds {
            for (index, contestant) in contestants.enumerated() {
                print("round \(round) of \(rounds): \(contestant.name)")
                let trial = Trial(
                    contestant: contestant, plan: Plan.settled, folder: folder + "/run", busAddress: bus)
                results[index].append(try await trial.run())
            }
        }
        let table = table(zip(contestants, results).map { Summary(name: $0.name, trials: $1) })
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }

    private func table(_ summaries: [Summary]) -> String {
        let rows: [(String, (Summary) -> Double?)] = [
            ("CPU per reading, \(Plan.busy) (µs)", { $0.cpuPerReading(Plan.busy) }),
            ("CPU per reading, \(Plan.atAStrapsPace) (µs)", { $0.cpuPerReading(Plan.atAStrapsPace) }),
            ("latency p50, \(Plan.busy) (µs)", { $0.latency(Plan.busy, percentile: 0.5) }),
            ("latency p99, \(Plan.busy) (µs)", { $0.latency(Plan.busy, percentile: 0.99) }),
        ]
        let lines = rows.map { measure, value in
            let values = summaries.map(value)
            let ratios = values.dropFirst().map { Self.ratio($0, to: values[0]) }
            return [measure] + values.map { $0.map { "\(Int($0.rounded()))" } ?? "–" } + ratios
        }
        let complaints = summaries.flatMap { summary in summary.complaints.map { "- \(summary.name): \($0)\n" } }
        return Table(
            header: [""] + summaries.map(\.name) + summaries.dropFirst().map { "ratio, \($0.name)" }, lines: lines
        ).markdown + "\n"
            + (complaints.isEmpty ? "Every reading arrived once and in order.\n" : complaints.joined())
    }

    private static func ratio(_ value: Double?, to other: Double?) -> String {
        guard let value, let other, other > 0 else { return "–" }
        return (value / other).hundredths
    }
}
