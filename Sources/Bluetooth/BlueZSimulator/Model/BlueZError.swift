public import DBus

/// The errors of bluetoothd, with its texts (BlueZ 5.66: `src/error.c`, `src/device.c`, `src/gatt-client.c`).
public enum BlueZError {
    /// `Pair`: there is a bond already.
    public static let alreadyExists = BusError(name: "org.bluez.Error.AlreadyExists", message: "Already Exists")
    /// `Pair`: the strap refused.
    public static let authenticationFailed = BusError(
        name: "org.bluez.Error.AuthenticationFailed", message: "Authentication Failed")
    /// `Pair`: the agent refused.
    public static let authenticationRejected = BusError(
        name: "org.bluez.Error.AuthenticationRejected", message: "Authentication Rejected")
    /// `Pair`: the agent canceled.
    public static let authenticationCanceled = BusError(
        name: "org.bluez.Error.AuthenticationCanceled", message: "Authentication Canceled")
    /// `StartDiscovery`: the client scans already.
    public static let busy = BusError(name: "org.bluez.Error.InProgress", message: "Operation already in progress")
    /// `Connect` was ended by `Disconnect`.
    public static let connectCanceled = failed("br-connection-canceled")
    /// `RegisterAdvertisement`: the kernel refused, or the adapter is off.
    package static let advertisementFailed = failed("Failed to register advertisement")
    /// `RegisterAdvertisement`: the controller has no room for another one.
    package static let advertisementsExhausted = BusError(
        name: "org.bluez.Error.NotPermitted", message: "Maximum advertisements reached")
    /// `RegisterApplication`: the client shows no service.
    package static let noObjectReceived = failed("No object received")
    /// The object does not exist.
    public static let doesNotExist = BusError(name: "org.bluez.Error.DoesNotExist", message: "Does Not Exist")
    /// `Connect`: another call to the same device is pending.
    public static let inProgress = BusError(name: "org.bluez.Error.InProgress", message: "In Progress")
    /// `Connect`: the strap did not answer, or the link was lost.
    public static let connectionAbortedByLocal = failed("le-connection-abort-by-local")
    /// `StopDiscovery` without a scan.
    public static let noDiscoveryStarted = failed("No discovery started")
    /// `StopNotify` without a subscription.
    public static let noNotifySession = failed("No notify session started")
    /// The device is not connected.
    public static let notConnected = BusError(name: "org.bluez.Error.NotConnected", message: "Not Connected")
    /// The link must be encrypted.
    public static let notPaired = BusError(name: "org.bluez.Error.NotPermitted", message: "Not paired")
    /// Another program has called `AcquireNotify`.
    public static let notifyAcquired = BusError(name: "org.bluez.Error.NotPermitted", message: "Notify acquired")
    /// The adapter is off.
    public static let notReady = BusError(name: "org.bluez.Error.NotReady", message: "Resource Not Ready")
    /// The operation is not supported.
    public static let notSupported = BusError(
        name: "org.bluez.Error.NotSupported", message: "Operation is not supported")
    /// The characteristic cannot be read.
    public static let readNotPermitted = BusError(name: "org.bluez.Error.NotPermitted", message: "Read not permitted")

    /// An error with a text of its own.
    public static func failed(_ text: String) -> BusError {
        BusError(name: "org.bluez.Error.Failed", message: text)
    }

    /// An ATT error without a name in BlueZ.
    public static func att(_ code: UInt8) -> BusError {
        let digits = String(code, radix: 16)
        return failed("Operation failed with ATT error: 0x" + (digits.count == 1 ? "0" : "") + digits)
    }
}
