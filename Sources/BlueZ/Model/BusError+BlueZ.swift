import DBus

/// BlueZ's answers that mean something other than "it failed" (`src/error.c`, and `doc/*-api.txt` of BlueZ 5.66).
extension BusError {
    private enum BlueZName {
        static let alreadyExists = "org.bluez.Error.AlreadyExists"
        static let notReady = "org.bluez.Error.NotReady"
        static let notSupported = "org.bluez.Error.NotSupported"
        static let alreadyConnected = "org.bluez.Error.AlreadyConnected"
        static let inProgress = "org.bluez.Error.InProgress"
        static let failed = "org.bluez.Error.Failed"
    }

    /// The device is connected: what was asked for is so.
    var isAlreadyConnected: Bool { name == BlueZName.alreadyConnected }

    /// The same request is pending or done already, ours or (for `Connect`) anybody's. Where bluetoothd does not know of
    /// it any more the kernel says so, as `EALREADY`: after a `Connect` that `RemoveDevice` has cancelled.
    var isInProgress: Bool {
        name == BlueZName.inProgress || name == BlueZName.failed && message == "Operation already in progress"
    }

    /// The object is gone: bluetoothd drops a device that is not connected 30 s after it was last heard.
    var isObjectGone: Bool {
        [Name.unknownObject, Name.unknownMethod, Name.unknownInterface].contains(name)
    }

    /// `Pair`: there is a bond already.
    var isAlreadyPaired: Bool { name == BlueZName.alreadyExists }

    /// The adapter is not powered, or not yet.
    var isNotReady: Bool { name == BlueZName.notReady }

    /// Whether `StartNotify` may have failed for want of an encrypted link. BlueZ has no one name for that: it answers
    /// `NotPermitted`, `NotAuthorized`, `Failed` with an ATT error, or nothing at all, by the strap and its own version.
    var mayMeanUnencrypted: Bool { !isObjectGone && !isAccessDenied && name != BlueZName.notSupported }

    /// The connection broke while it was being made: for a strap that was just heard, a matter of chance, or of a bond
    /// that it has forgotten.
    var isConnectionAborted: Bool { message == "le-connection-abort-by-local" }

    /// Heart Rate Control Point: the strap does not know the command (Heart Rate Service 1.0, section 3.3).
    var isControlPointNotSupported: Bool {
        name == BlueZName.notSupported || message == "Operation failed with ATT error: 0x80"
    }

    /// The bus does not let this user talk to bluetoothd.
    var isAccessDenied: Bool { name == Name.accessDenied }
}
