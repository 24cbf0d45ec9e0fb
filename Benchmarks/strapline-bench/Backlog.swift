import ArgumentParser
import FoundationEssentials

/// How fast a day's readings are delivered that had to wait.
struct Backlog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures how fast strapline run delivers readings of the past.")

    @Option(help: "The program strapline.")
    var strapline: String

    @Option(help: "The yardstick in C, compiled: it sends one reading after the other.")
    var c: String

    @Option(help: "A folder, on a real disk, for the programs' databases.")
    var folder: String

    @Option(help: "The address of a bus that no other program uses.")
    var bus: String

    @Option(help: "How many readings wait: one a second for a day.")
    var readings = 86_400

    @Option(help: "How many wait where the service takes 20 requests a second.")
    var limited = 2_400

    @Option(help: "Writes the table here too.")
    var output: String?

    func run() async throws {
        let keepers = [
            BacklogKeeper(name: "Cardiogram", kind: .cardiogram, program: strapline, readings: readings),
            BacklogKeeper(
                name: "Pulsoid, 20 a second", kind: .pulsoid(requestsPerSecond: 20), program: strapline,
                readings: limited),
            BacklogKeeper(
                name: "Pulsoid, no limit", kind: .pulsoid(requestsPerSecond: 0), program: strapline,
                readings: readings),
            BacklogKeeper(name: "C", kind: .c, program: c, readings: readings),
        ]
        var results: [BacklogResult] = []
        for keeper in keepers {
            print("a backlog of \(keeper.readings): \(keeper.name)")
            results.append(
                try await BacklogTrial(keeper: keeper, folder: folder + "/run", busAddress: bus).run())
        }
        let table = BacklogReport(
            results: results,
            aims: [
                "Cardiogram": "10 s", "Pulsoid, 20 a second": "19 a second", "Pulsoid, no limit": "1500 a second",
            ]
        ).markdown
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
