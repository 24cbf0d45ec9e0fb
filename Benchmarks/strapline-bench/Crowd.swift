import ArgumentParser
import FoundationEssentials

/// What many straps at once cost, and one that is away.
struct Crowd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures strapline run with twenty straps that send four readings a second, and with none in range.")

    @Option(help: "The program strapline.")
    var strapline: String

    @Option(help: "The yardstick in C, compiled: one strap that sends as much as all the others together.")
    var c: String

    @Option(help: "A folder, on a real disk, for the programs' databases.")
    var folder: String

    @Option(help: "The address of a bus that no other program uses.")
    var bus: String

    @Option(help: "How long the straps beat.")
    var minutes = 10

    @Option(help: "Readings a second of all straps together; more than a strap sends shows hours in minutes.")
    var perSecond = 80

    @Option(help: "How long a strap is away.")
    var awayMinutes = 2

    @Option(help: "Writes the table here too.")
    var output: String?

    func run() async throws {
        let trial = CrowdTrial(program: strapline, folder: folder + "/run", busAddress: bus, perSecond: perSecond)
        print("\(CrowdTrial.straps) straps for \(minutes) min")
        let crowd = try await trial.beating(minutes: minutes)
        print("C, for 30 s")
        let pace = PlannedPhase(
            name: "the crowd's pace", phase: .paced(perSecond: perSecond), readings: 30 * perSecond)
        let yardstick = Trial(
            contestant: .c(program: c), plan: [Plan.warmUp, pace], folder: folder + "/run", busAddress: bus)
        let cpuOfC = try await yardstick.run().phases.last?.cpuMicrosecondsPerReading
        print("away for \(awayMinutes) min")
        let away = try await trial.away(minutes: awayMinutes)
        let table = CrowdReport(
            crowd: crowd, perSecond: perSecond, cpuOfC: cpuOfC, away: away, awayMinutes: awayMinutes
        ).markdown
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
