import ArgumentParser
import BlueZ
import Console
import EventThread
import ServiceManager

@main
struct Strapline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strapline",
        abstract: "Delivers heart rate from Bluetooth chest straps to Pulsoid, Cardiogram and your own hub.",
        version: StraplineVersion.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Start",
                subcommands: [SetupCommand.self, ScanCommand.self, PairCommand.self, LoginCommand.self]),
            CommandGroup(
                name: "Uploader",
                subcommands: [
                    RunCommand.self, StatusCommand.self, LogsCommand.self, CheckCommand.self, DoctorCommand.self,
                ]),
            CommandGroup(
                name: "Straps",
                subcommands: [StrapCommand.self, ForgetCommand.self, EnergyCommand.self]),
            CommandGroup(
                name: "Your readings",
                subcommands: [
                    SessionCommand.self, HRVCommand.self, ExportCommand.self, ReplayCommand.self, OutboxCommand.self,
                ]),
            CommandGroup(
                name: "Live",
                subcommands: [LatestCommand.self, WatchCommand.self, RoomStreamCommand.self]),
            CommandGroup(
                name: "Try and prove",
                subcommands: [VerifyCommand.self, SimulateCommand.self, DecodeCommand.self]),
        ])

    /// The uploader runs on the event thread from its first step. A task that once ran on the runtime's own threads
    /// makes them look for work every second until the program ends. The other commands may block and stay there.
    @MainActor static func main() async {
        StandardStream.reserve()
        StandardStream.ignoreBrokenPipes()
        CoreDumps.disable()
        do {
            var command = try parseCommandLine()
            if let uploader = command as? RunCommand {
                try await withTaskExecutorPreference(EventThread.shared) { try await uploader.run() }
            } else if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            StandardStream.close()
        } catch {
            end(with: error)
        }
    }
}
