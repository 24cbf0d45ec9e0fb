import ArgumentParser
import FoundationEssentials

/// How well the beats over OSC keep the rhythm of the heart.
struct Beats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the beats over OSC beside the RR intervals of the strap.")

    @Option(help: "The program strapline.")
    var strapline: String

    @Option(help: "A folder, on a real disk, for the program's database.")
    var folder: String

    @Option(help: "The address of a bus that no other program uses.")
    var bus: String

    @Option(help: "How long the strap beats.")
    var seconds = 180

    @Option(help: "Writes the table here too.")
    var output: String?

    func run() async throws {
        let trial = BeatsTrial(program: strapline, folder: folder + "/run", busAddress: bus, seconds: seconds)
        let table = BeatsReport(result: try await trial.run()).markdown
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
