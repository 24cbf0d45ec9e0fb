package import DBus

/// Why a ``HeartRatePeripheral`` cannot serve heart rates. The description is a sentence with the next step.
package enum PeripheralFault: Error, Sendable, Hashable {
    /// Bluetooth does not work on this machine.
    case machine(StrapState.Reason)
    /// The adapter, or its driver, cannot be a peripheral.
    case noPeripheralRole(BluetoothAddress)
    /// bluetoothd refused to serve or to advertise.
    case refused(BusError)
}

extension PeripheralFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .machine(let reason): Self.sentence("\(reason)")
        case .noPeripheralRole(let address):
            "The adapter \(address) cannot advertise. Use another one: `bluetoothctl list` shows the addresses."
        case .refused(let error) where error.isAdvertisingExhausted:
            "bluetoothd has no room for another advertisement (\(error)). End other programs that advertise, or run: "
                + "sudo systemctl restart bluetooth"
        case .refused(let error):
            "bluetoothd refused to serve the heart rate (\(error)). If this stays, run: "
                + "sudo systemctl restart bluetooth"
        }
    }

    private static func sentence(_ text: String) -> String {
        text.hasPrefix("bluetoothd") ? text : text.prefix(1).uppercased() + text.dropFirst()
    }
}

extension BusError {
    /// A registration of the same object is there.
    var isAlreadyExisting: Bool { name == "org.bluez.Error.AlreadyExists" }

    /// The controller's places for advertisements are taken, or the kernel refuses another one.
    var isAdvertisingExhausted: Bool {
        name == "org.bluez.Error.NotPermitted" || message.lowercased().contains("advertisement")
    }
}
