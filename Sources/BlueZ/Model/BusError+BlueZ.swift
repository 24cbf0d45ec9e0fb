import DBus

/// BlueZ's answers that mean something other than "it failed" (`src/error.c`, and `doc/*-api.txt` of BlueZ 5.66).
extension BusError {
    private enum BlueZName {
        static let alreadyConnected = "org.bluez.Error.AlreadyConnected"
        static let inProgress = "org.bluez.Error.InProgress"
    }

    /// The device is connected: what was asked for is so.
    var isAlreadyConnected: Bool { name == BlueZName.alreadyConnected }

    /// The same request is pending or done already, ours or (for `Connect`) anybody's.
    var isInProgress: Bool { name == BlueZName.inProgress }

    /// The object is gone: bluetoothd drops a device that is not connected 30 s after it was last heard.
    var isObjectGone: Bool {
        [Name.unknownObject, Name.unknownMethod, Name.unknownInterface].contains(name)
    }

    /// The bus does not let this user talk to bluetoothd.
    var isAccessDenied: Bool { name == Name.accessDenied }
}
