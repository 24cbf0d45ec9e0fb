import ArgumentParser
import FoundationEssentials

/// The cost of unknown devices.
struct Nearby: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures CPU while other devices advertise nearby, few and many, at the same rate of signals.")

    @Option(help: "The program strapline.")
    var strapline: String

    @Option(help: "A folder, on a real disk, for the program's database.")
    var folder: String

    @Option(help: "The address of a bus that no other program uses.")
    var bus: String

    @Option(help: "How many devices are nearby; the first number is what the others are held against.")
    var devices = [10, 1000]

    @Option(help: "Signals of all devices together, each second.")
    var perSecond = 1000

    @Option(help: "How long each measurement takes.")
    var seconds = 30

    @Option(help: "Writes the table here too.")
    var output: String?

    func run() async throws {
        var results: [NearbyResult] = []
        for mode in NearbyTrial.Mode.allCases {
            for count in devices {
                print("\(mode.rawValue), \(count) devices, for \(seconds) s")
                let trial = NearbyTrial(
                    program: strapline, folder: folder + "/run", busAddress: bus, mode: mode, devices: count,
                    perSecond: perSecond, seconds: seconds)
                results.append(try await trial.run())
            }
        }
        let table = NearbyReport(results: results).markdown
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
