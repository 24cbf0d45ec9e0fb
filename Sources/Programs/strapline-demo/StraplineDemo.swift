import ArgumentParser
import SystemPackage

@main
struct StraplineDemo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strapline-demo",
        abstract: "Show heartbeats on their way from two simulated straps to the room stream, and count them.")

    @Option(help: "The folder of the programs strapline and strapline-hub.")
    var programs: String
    @Option(help: "End after so many readings; without, at Ctrl-C.")
    var readings: Int?

    func validate() throws {
        if let readings, readings < 1 { throw ValidationError("--readings must be at least 1.") }
    }

    func run() async throws {
        let show = try Show(programs: FilePath(programs), readings: readings)
        do {
            if try await show.run().lost > 0 { throw ExitCode.failure }
        } catch let error as DemoError {
            Terminal.print("strapline-demo: \(error)")
            throw ExitCode.failure
        }
    }
}
