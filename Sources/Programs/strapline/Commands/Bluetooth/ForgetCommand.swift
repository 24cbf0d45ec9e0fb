import ArgumentParser
import BlueZ
import Console
import Setup

struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Forget a strap, and its bond if it was paired.",
        discussion: """
            For a strap that has forgotten this machine, or that is given away. Its connection ends, whoever holds it; \
            `strapline run` takes it up again if the strap needs no pairing.
            """)

    @Argument(help: "The strap's name or address, as `strapline scan --all` shows it.") var strap: String
    @OptionGroup var options: BluetoothOptions

    func run() async throws {
        let device = try await options.bluetooth.forget(StrapSelector(argument: strap))
        StandardStream.output.print("Forgotten: \(device.title).")
        if device.isConnected {
            StandardStream.output.print("Its connection has ended, whichever program had made it.")
        }
    }
}
