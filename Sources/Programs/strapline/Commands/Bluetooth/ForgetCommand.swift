import ArgumentParser
import BlueZ
import Console
import Setup
import UploaderConfiguration

struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Forget a strap and its bond.",
        discussion: """
            Use it if a strap has lost its pairing, or if you give the strap away. It ends the connection of the \
            strap, also one of another program. `strapline run` connects again if the strap needs no pairing.
            """)

    @Argument(
        help: "The strap's name or address, as `strapline scan --all` shows it, or its name in the configuration.")
    var strap: String
    @OptionGroup var options: BluetoothOptions

    func run() async throws {
        let names = ConfiguredNames(configuration: try? ConfigurationLocation.find(named: nil).path)
        let device = try await options.bluetooth.forget(
            names.selector(named: strap) ?? StrapSelector(argument: strap))
        StandardStream.output.print("Forgotten: \(device.title).")
        if device.isConnected {
            StandardStream.output.print("Its connection has ended, whichever program had made it.")
        }
    }
}
