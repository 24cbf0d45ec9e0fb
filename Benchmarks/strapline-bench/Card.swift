import ArgumentParser
import FoundationEssentials

/// What a worn strap writes to an SD card.
struct Card: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the bytes that reach the block device while a strap is worn.",
        discussion: """
            One strap for each of three programs at once, one reading a second. Each folder is on a file system of its \
            own.
            """)

    @Option(help: "The program strapline.")
    var strapline: String

    @Option(help: "The yardstick in C, compiled: syncs each reading, and sends it to one service only.")
    var c: String

    @Option(help: "A folder for the outbox that syncs each reading.")
    var powerLoss: String

    @Option(help: "A folder for the outbox that spares the card.")
    var processCrash: String

    @Option(help: "A folder for the yardstick.")
    var yardstick: String

    @Option(help: "The address of a bus that no other program uses.")
    var bus: String

    @Option(help: "How long the straps are worn.")
    var minutes = 10

    @Option(help: "Writes the table here too.")
    var output: String?

    func run() async throws {
        func address(_ number: Int) -> String { "C4:11:22:33:55:0\(number)" }
        let wearers = [
            CardWearer(
                name: "power-loss", strapAddress: address(1), folder: powerLoss, program: strapline,
                durability: "power-loss"),
            CardWearer(
                name: "process-crash", strapAddress: address(2), folder: processCrash, program: strapline,
                durability: "process-crash"),
            CardWearer(name: "C", strapAddress: address(3), folder: yardstick, program: c),
        ]
        print("worn for \(minutes) min")
        let results = try await CardTrial(wearers: wearers, busAddress: bus).worn(minutes: minutes)
        let table = CardReport(
            results: results, aims: ["power-loss": 60, "process-crash": 10], yardstick: "C"
        ).markdown
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
