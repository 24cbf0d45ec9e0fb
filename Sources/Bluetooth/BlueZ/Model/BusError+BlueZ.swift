import DBus

/// What a caller of bluetoothd decides by; the texts stand in ``BlueZErrorCause``.
extension BusError {
    /// The device is connected already.
    var isAlreadyConnected: Bool { cause == .alreadyConnected }

    /// The same request is pending or done already, ours or (for `Connect`) anybody's. Where bluetoothd does not know
    /// of it any more the kernel says so, as `EALREADY`: after a `Connect` that `RemoveDevice` has cancelled.
    var isInProgress: Bool { cause == .inProgress }

    /// Whether the kernel answered, and bluetoothd passed it on: bluetoothd itself knows of no other request.
    var isKernelsAnswer: Bool { name == "org.bluez.Error.Failed" }

    /// The object is gone: bluetoothd drops a device that is not connected 30 s after it was last heard.
    var isObjectGone: Bool { cause == .objectGone }

    /// `Pair`: there is a bond already.
    var isAlreadyPaired: Bool { cause == .alreadyExists }

    /// The adapter is not powered, or not yet.
    var isNotReady: Bool { cause == .notReady }

    /// Whether `StartNotify` may have failed because the strap wants an encrypted link. BlueZ has no one name for that:
    /// it answers `NotPermitted`, `NotAuthorized`, `Failed` with an ATT error, or nothing at all, by the strap and its
    /// own version.
    var mayMeanUnencrypted: Bool { cause == .bondMissing || cause == .noAnswer }

    /// Whether a call about a link that stands may have failed because bluetoothd's memory of the strap's services is
    /// out of date, or its object of a characteristic went away.
    var mayMeanStaleCache: Bool { cause == .cacheStale || cause == .objectGone }

    /// Another program has the strap's notifications for itself.
    var isNotificationsTaken: Bool { cause == .notificationsTaken }

    /// The adapter, or bluetoothd as it is configured, has no Low Energy: `ControllerMode = bredr`.
    var isNoLowEnergy: Bool { cause == .notSupported || message.lowercased().contains("not supported") }

    /// bluetoothd itself does not let this program do it.
    var isNotAuthorized: Bool { name == "org.bluez.Error.NotAuthorized" }

    /// The object to end or remove is gone, or there is no connection.
    var isNothingToUndo: Bool {
        isObjectGone || isNotReady || code != .replied || message.lowercased().contains("no discovery started")
    }

    /// The connection broke while it was being made: for a strap that was just heard, a matter of chance, or of a bond
    /// that it has forgotten.
    var isConnectionAborted: Bool { cause == .connectionAborted || cause == .bondLost }

    /// Heart Rate Control Point: the strap does not know the command (Heart Rate Service 1.0, section 3.3).
    var isControlPointNotSupported: Bool { cause == .notSupported }

    /// The bus does not let this user talk to bluetoothd.
    var isAccessDenied: Bool { cause == .accessDenied }
}
