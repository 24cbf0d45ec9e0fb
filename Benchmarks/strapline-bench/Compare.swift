import ArgumentParser
import FoundationEssentials

/// What a reading costs.
struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures strapline run beside two yardsticks that do the same work.")

    @Option(help: "The program strapline.")
    var strapline: String

    @Option(help: "The yardstick in C, compiled.")
    var c: String

    @Option(help: "The Python interpreter that has the yardstick's packages.")
    var python: String

    @Option(help: "The yardstick in Python.")
    var pythonScript: String

    @Option(help: "A folder, on a real disk, for the programs' databases.")
    var folder: String

    @Option(help: "The address of a bus that no other program uses.")
    var bus: String

    @Option(help: "How many readings each program has in all in the last round.")
    var readings = 100_000

    @Option(help: "How many times the programs take turns.")
    var rounds = 3

    @Option(help: "Writes the table here too.")
    var output: String?

    func run() async throws {
        let contestants: [Contestant] = [
            .strapline(program: strapline), .c(program: c),
            .python(interpreter: python, script: pythonScript),
        ]
        var results: [[TrialResult]] = contestants.map { _ in [] }
        for round in 1...rounds {
            for (index, contestant) in contestants.enumerated() {
                print("round \(round) of \(rounds): \(contestant.name)")
                let trial = Trial(
                    contestant: contestant, plan: round == rounds ? Plan.long(readings: readings) : Plan.short,
                    folder: folder + "/run", busAddress: bus)
                results[index].append(try await trial.run())
            }
        }
        let summaries = zip(contestants, results).map { Summary(name: $0.name, trials: $1) }
        let table = Report(strapline: summaries[0], c: summaries[1], python: summaries[2]).markdown
        print("\n" + table)
        let commands = contestants.map { "    " + $0.commandLine.joined(separator: " ") + "\n" }.joined()
        print("The command lines:\n\n" + commands)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
