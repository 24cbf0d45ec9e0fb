public import DBus

/// The errors that bluetoothd answers with, in its words (BlueZ 5.66: `src/error.c`, `src/device.c`,
/// `src/gatt-client.c`).
public enum BlueZError {
    public static let alreadyExists = BusError(name: "org.bluez.Error.AlreadyExists", message: "Already Exists")
    public static let authenticationFailed = BusError(
        name: "org.bluez.Error.AuthenticationFailed", message: "Authentication Failed")
    public static let authenticationRejected = BusError(
        name: "org.bluez.Error.AuthenticationRejected", message: "Authentication Rejected")
    public static let authenticationCanceled = BusError(
        name: "org.bluez.Error.AuthenticationCanceled", message: "Authentication Canceled")
    /// Another discovery of the same client.
    public static let busy = BusError(name: "org.bluez.Error.InProgress", message: "Operation already in progress")
    /// `Connect` was ended by `Disconnect`.
    public static let connectCanceled = failed("br-connection-canceled")
    public static let doesNotExist = BusError(name: "org.bluez.Error.DoesNotExist", message: "Does Not Exist")
    /// Another `Connect` to the same device.
    public static let inProgress = BusError(name: "org.bluez.Error.InProgress", message: "In Progress")
    /// The strap did not answer, or the link broke while it was being made.
    public static let connectionAbortedByLocal = failed("le-connection-abort-by-local")
    public static let noDiscoveryStarted = failed("No discovery started")
    public static let noNotifySession = failed("No notify session started")
    public static let notConnected = BusError(name: "org.bluez.Error.NotConnected", message: "Not Connected")
    /// An encrypted link is needed.
    public static let notPaired = BusError(name: "org.bluez.Error.NotPermitted", message: "Not paired")
    /// Another program has called `AcquireNotify`.
    public static let notifyAcquired = BusError(name: "org.bluez.Error.NotPermitted", message: "Notify acquired")
    public static let notReady = BusError(name: "org.bluez.Error.NotReady", message: "Resource Not Ready")
    public static let notSupported = BusError(
        name: "org.bluez.Error.NotSupported", message: "Operation is not supported")
    public static let readNotPermitted = BusError(name: "org.bluez.Error.NotPermitted", message: "Read not permitted")

    public static func failed(_ text: String) -> BusError {
        BusError(name: "org.bluez.Error.Failed", message: text)
    }

    /// An ATT error that BlueZ has no name for.
    public static func att(_ code: UInt8) -> BusError {
        let digits = String(code, radix: 16)
        return failed("Operation failed with ATT error: 0x" + (digits.count == 1 ? "0" : "") + digits)
    }
}
