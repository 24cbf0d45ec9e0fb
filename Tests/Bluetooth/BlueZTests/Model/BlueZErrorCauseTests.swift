import DBus
import Testing

@testable import BlueZ

/// The wordings of bluetoothd, over its versions.
@Suite struct BlueZErrorCauseTests {
    private static let failed = "org.bluez.Error.Failed"

    /// Each: the error's name, its text, and what it means.
    private static let table: [(String, String, BlueZErrorCause)] = [
        // Connect, 5.63 and later
        (failed, "le-connection-abort-by-local", .connectionAborted),
        (failed, "le-connection-abort-by-remote", .connectionAborted),
        (failed, "br-connection-aborted-by-remote", .connectionAborted),
        (failed, "br-connection-canceled", .canceled),
        (failed, "le-connection-timeout", .connectionTimedOut),
        (failed, "br-connection-page-timeout", .connectionTimedOut),
        (failed, "le-connection-concurrent-connection-limit", .connectionLimit),
        (failed, "le-connection-already-connected", .alreadyConnected),
        (failed, "le-connection-adapter-not-powered", .notReady),
        (failed, "le-connection-key-missing", .bondLost),
        (failed, "le-connection-gatt-browsing", .cacheStale),
        (failed, "le-connection-unknown", .other),
        // Connect, before 5.63: the texts of errno
        (failed, "Software caused connection abort", .connectionAborted),
        (failed, "Connection timed out", .connectionTimedOut),
        (failed, "Operation already in progress", .inProgress),
        (failed, "Too many links", .connectionLimit),
        // Connect, the code between colons and a sentence
        (failed, ":le-connection-abort-by-local:Connection aborted by local host", .connectionAborted),
        (failed, ":br-connection-canceled:Connection canceled", .canceled),
        ("org.bluez.Error.LeConnectionKeyMissing", "LE Link Key missing", .bondLost),
        ("org.bluez.Error.BrConnectionKeyMissing", "BR/EDR Link Key missing", .bondLost),
        ("org.bluez.Error.AlreadyConnected", "Already Connected", .alreadyConnected),
        ("org.bluez.Error.InProgress", "In Progress", .inProgress),
        ("org.bluez.Error.InProgress", "Operation already in progress", .inProgress),
        ("org.bluez.Error.NotReady", "Resource Not Ready", .notReady),
        ("org.bluez.Error.NotConnected", "Not Connected", .notConnected),
        (failed, "Not connected", .notConnected),
        (failed, "Blocked through rfkill", .radioBlocked),
        // StartNotify and ReadValue
        ("org.bluez.Error.NotPermitted", "Notify acquired", .notificationsTaken),
        ("org.bluez.Error.NotPermitted", "notify acquired", .notificationsTaken),
        ("org.bluez.Error.NotPermitted", "Not paired", .bondMissing),
        ("org.bluez.Error.NotPermitted", "Read not permitted", .bondMissing),
        ("org.bluez.Error.NotAuthorized", "Operation Not Authorized", .bondMissing),
        ("org.bluez.Error.NotSupported", "Operation is not supported", .notSupported),
        (failed, "Notifications are not supported", .notSupported),
        (failed, "Failed to register notify session", .cacheStale),
        (failed, "Operation failed with ATT error: 0x01", .cacheStale),
        (failed, "Operation failed with ATT error: 0x01 (Invalid Handle)", .cacheStale),
        (failed, "Operation failed with ATT error: 0x0a", .cacheStale),
        (failed, "Operation failed with ATT error: 0x0e (Unlikely Error)", .cacheStale),
        (failed, "Operation failed with ATT error: 0xfd", .cacheStale),
        (failed, "Operation failed with ATT error: 0x05", .bondMissing),
        (failed, "Operation failed with ATT error: 0x08", .bondMissing),
        (failed, "Operation failed with ATT error: 0x0c", .bondMissing),
        (failed, "Operation failed with ATT error: 0x0F (Insufficient Encryption)", .bondMissing),
        (failed, "Operation failed with ATT error: 0x80", .notSupported),
        (failed, "Operation failed with ATT error: 0x11", .other),
        (failed, "Operation failed with ATT error: 0x", .other),
        (failed, "Operation failed with ATT error: 0x1ff", .other),
        // Pair
        ("org.bluez.Error.AlreadyExists", "Already Exists", .alreadyExists),
        ("org.bluez.Error.AuthenticationFailed", "Authentication Failed", .pairingRejected),
        ("org.bluez.Error.AuthenticationCanceled", "Authentication Canceled", .canceled),
        // The bus
        (BusError.Name.unknownObject, "Method \"StartNotify\" with signature \"\" … doesn't exist", .objectGone),
        (BusError.Name.unknownMethod, "", .objectGone),
        ("org.bluez.Error.DoesNotExist", "Does Not Exist", .objectGone),
        (BusError.Name.accessDenied, "Rejected send message", .accessDenied),
        (BusError.Name.noReply, "no answer", .noAnswer),
        ("org.example.Error", "", .other),
    ]

    @Test(arguments: table.indices)
    func cause_ofAWording_isItsMeaning(row: Int) {
        let (name, text, cause) = Self.table[row]
        #expect(BusError(name: name, message: text).cause == cause, "\(name): \(text)")
    }

    /// The foreign text is for the user; the table only decides.
    @Test func reason_ofAnError_keepsItsText() {
        for (name, text, _) in Self.table {
            let error = BusError(name: name, message: text)
            #expect("\(StrapState.Reason.subscribeFailed(error))".contains(text))
        }
    }

    @Test func bond_isAdvisedForAMissingBondAndNoAnswerOnly() {
        for (name, text, cause) in Self.table {
            let reason = StrapState.Reason.subscribeFailed(BusError(name: name, message: text))
            #expect("\(reason)".contains("pair it") == [.bondMissing, .noAnswer].contains(cause), "\(text)")
        }
    }
}
