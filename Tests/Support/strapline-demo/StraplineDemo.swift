import ArgumentParser
import ProcessHarness
import SystemPackage

@main
struct StraplineDemo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strapline-demo",
        abstract: "Show heartbeats on their way from two simulated straps to the room stream, and count them.")

    @Option(help: "The folder of the programs strapline and strapline-hub.")
    var programs: String
    @Option(help: "End after this number of readings. Without it, Ctrl-C ends the demo.")
    var readings: Int?

    func validate() throws {
        if let readings, readings < 1 { throw ValidationError("--readings must be at least 1.") }
    }

    func run() async throws {
        do {
            let demo = try await DemoRun(programs: FilePath(programs), readings: readings)
            if try await demo.run().lost > 0 { throw ExitCode.failure }
        } catch let error as HarnessError {
            DemoOutput.print("strapline-demo: \(error)")
            throw ExitCode.failure
        }
    }
}
