import ArgumentParser

@main
struct Strapline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strapline",
        abstract: "Takes heart rate from Bluetooth chest straps to Pulsoid and Cardiogram, and back.",
        version: version,
        subcommands: [
            Setup.self, Scan.self, Pair.self, Forget.self, Login.self, Run.self, Status.self, Check.self, Doctor.self,
            Latest.self, Watch.self, Room.self, Verify.self, Simulate.self, Replay.self, OutboxCommand.self,
            Energy.self, Decode.self,
        ])

    static let version = "0.1.0"
}
