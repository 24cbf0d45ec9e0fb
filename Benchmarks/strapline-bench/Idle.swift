import ArgumentParser
import FoundationEssentials

/// What the uploader costs while it has next to nothing to do.
struct Idle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures wake-ups, CPU and memory with one strap that beats once a second, and with none in range.")

    @Option(help: "The program strapline.")
    var strapline: String

    @Option(help: "The yardstick in C, compiled: syncs each reading, and sends it to one service only.")
    var c: String?

    @Option(help: "A folder, on a real disk, for the programs' databases.")
    var folder: String

    @Option(help: "The address of a bus that no other program uses.")
    var bus: String

    @Option(help: "How long each measurement takes.")
    var seconds = 60

    @Option(help: "Writes the table here too.")
    var output: String?

    func run() async throws {
        var results: [IdleResult] = []
        for durability in ["power-loss", "process-crash"] {
            print("\(durability), for \(seconds) s")
            let wearer = CardWearer(
                name: durability, strapAddress: Contestant.strapAddress, folder: folder + "/run", program: strapline,
                durability: durability)
            results += try await trial(wearer).run(withAbsence: durability == "power-loss")
        }
        if let c {
            print("C, for \(seconds) s")
            let wearer = CardWearer(
                name: "C", strapAddress: Contestant.strapAddress, folder: folder + "/run", program: c)
            results += try await trial(wearer).run(withAbsence: false)
        }
        let table = IdleReport(results: results, yardstick: "C, live").markdown
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }

    private func trial(_ wearer: CardWearer) -> IdleTrial {
        IdleTrial(wearer: wearer, busAddress: bus, seconds: seconds)
    }
}
