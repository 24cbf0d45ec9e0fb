import ArgumentParser
import BlueZ
import Logging
import ServiceManager

/// The adapter to use.
struct BluetoothOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The address of the adapter to use (default: every adapter that is on).", valueName: "address"),
        transform: Self.address)
    var adapter: BluetoothAddress?

    var bluetooth: Bluetooth { Bluetooth(adapter: adapter, logger: ProgramLog.logger(level: .warning)) }

    private static func address(_ text: String) throws -> BluetoothAddress {
        guard let address = BluetoothAddress(text) else {
            throw ValidationError("`\(text)` is not an address like 00:AA:01:00:00:42: `bluetoothctl list` shows them.")
        }
        return address
    }
}

extension StrapSelector {
    /// An address where it is one, else a name.
    init(argument: String) {
        self = BluetoothAddress(argument).map(StrapSelector.address) ?? .name(argument)
    }
}
