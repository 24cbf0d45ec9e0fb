import DBus

/// What an error of bluetoothd means: the one table of its names and texts.
///
/// The texts differ between versions, and one version has several for one cause. BlueZ 5.66 answers `Connect` with
/// `le-connection-abort-by-local`; before 5.63 it was the text of the errno, and newer ones put the code between colons
/// before a sentence. An ATT error has its name behind the number since 5.69. So a text is searched for its code, and
/// never compared as a whole.
///
/// Sources: `src/error.c`, `src/error.h`, `src/device.c`, `src/gatt-client.c` and `src/adapter.c` of BlueZ 5.66 to
/// 5.87.
enum BlueZErrorCause: Sendable, Hashable, CaseIterable {
    /// The same request is pending or done already, ours or (for `Connect`) another program's.
    case inProgress
    /// The device is connected: the request is done.
    case alreadyConnected
    /// There is a bond, or an agent, already.
    case alreadyExists
    /// bluetoothd does not have the object, or not any more.
    case objectGone
    /// The link is gone.
    case notConnected
    /// The adapter is not powered, or not yet.
    case notReady
    /// rfkill holds the adapter off.
    case radioBlocked
    /// Another program has the notifications for itself: it called `AcquireNotify`.
    case notificationsTaken
    /// The strap wants an encrypted link, or this program to be authorized.
    case bondMissing
    /// The strap has lost its part of the bond.
    case bondLost
    /// bluetoothd asked the strap for something that the strap does not have: bluetoothd's memory of the strap's
    /// services may be out of date.
    case cacheStale
    /// The strap, or bluetoothd, has no such function.
    case notSupported
    /// The connection broke while it was being made: at the edge of the range a matter of chance.
    case connectionAborted
    /// `Disconnect`, or the end of a program, ended the request.
    case canceled
    /// The strap did not take the connection in time.
    case connectionTimedOut
    /// The controller has no room for another link.
    case connectionLimit
    /// The strap or the user refused to pair.
    case pairingRejected
    /// The bus does not let this user talk to bluetoothd.
    case accessDenied
    /// bluetoothd did not answer in time.
    case noAnswer
    case other

    init(_ error: BusError) {
        self =
            Self.cause(ofCode: error.code) ?? Self.cause(ofAttributeError: error.attributeErrorCode)
            ?? Self.cause(ofText: error.message) ?? Self.byName[error.name] ?? .other
    }

    private static func cause(ofCode code: BusError.Code) -> Self? { code == .timedOut ? .noAnswer : nil }

    /// By the code of the Attribute Protocol (Core Specification, volume 3, part F, section 3.4.1.1; supplement, part
    /// B).
    private static func cause(ofAttributeError code: UInt8?) -> Self? {
        switch code {
        // Invalid Handle, Attribute Not Found, Unlikely Error, CCC Descriptor Improperly Configured
        case 0x01, 0x0a, 0x0e, 0xfd: .cacheStale
        // Insufficient Authentication, Authorization, Encryption Key Size, Encryption
        case 0x05, 0x08, 0x0c, 0x0f: .bondMissing
        // Request Not Supported; the first one of the application, for Heart Rate Control Point "not supported"
        case 0x06, 0x80: .notSupported
        default: nil
        }
    }

    private static func cause(ofText text: String) -> Self? {
        let text = text.lowercased()
        return byText.first { text.contains($0.text) }?.cause
    }

    /// Looked up in this order. A text is more exact than the name, which is `Failed` for most errors.
    private static let byText: [(text: String, cause: Self)] = [
        ("notify acquired", .notificationsTaken),
        ("key-missing", .bondLost), ("key missing", .bondLost),
        ("connection-abort-by-", .connectionAborted), ("connection-aborted-by-", .connectionAborted),
        ("software caused connection abort", .connectionAborted), ("connection reset by peer", .connectionAborted),
        ("connection-canceled", .canceled), ("operation canceled", .canceled), ("operation cancelled", .canceled),
        ("connection-timeout", .connectionTimedOut), ("page-timeout", .connectionTimedOut),
        ("connection timed out", .connectionTimedOut), ("host is down", .connectionTimedOut),
        ("connection-limit", .connectionLimit), ("too many links", .connectionLimit),
        ("connection-already-connected", .alreadyConnected),
        ("endpoint is already connected", .alreadyConnected),
        ("operation already in progress", .inProgress), ("operation now in progress", .inProgress),
        ("adapter-not-powered", .notReady),
        ("rfkill", .radioBlocked), ("rf-kill", .radioBlocked),
        ("not connected", .notConnected),
        ("not paired", .bondMissing),
        ("failed to register notify session", .cacheStale), ("failed to subscribe", .cacheStale),
        ("connection-gatt-browsing", .cacheStale),
        ("notifications are not supported", .notSupported), ("connection-not-supported", .notSupported),
        ("connection-not-suuported", .notSupported),
    ]

    private static let byName: [String: Self] = [
        "org.bluez.Error.InProgress": .inProgress,
        "org.bluez.Error.AlreadyConnected": .alreadyConnected,
        "org.bluez.Error.AlreadyExists": .alreadyExists,
        "org.bluez.Error.DoesNotExist": .objectGone,
        BusError.Name.unknownObject: .objectGone,
        BusError.Name.unknownMethod: .objectGone,
        BusError.Name.unknownInterface: .objectGone,
        "org.bluez.Error.NotConnected": .notConnected,
        "org.bluez.Error.NotReady": .notReady,
        "org.bluez.Error.NotPermitted": .bondMissing,
        "org.bluez.Error.NotAuthorized": .bondMissing,
        "org.bluez.Error.LeConnectionKeyMissing": .bondLost,
        "org.bluez.Error.BrConnectionKeyMissing": .bondLost,
        "org.bluez.Error.NotSupported": .notSupported,
        "org.bluez.Error.ConnectionAttemptFailed": .connectionTimedOut,
        "org.bluez.Error.AuthenticationCanceled": .canceled,
        "org.bluez.Error.AuthenticationFailed": .pairingRejected,
        "org.bluez.Error.AuthenticationRejected": .pairingRejected,
        "org.bluez.Error.AuthenticationTimeout": .pairingRejected,
        BusError.Name.accessDenied: .accessDenied,
        BusError.Name.noReply: .noAnswer,
        "org.freedesktop.DBus.Error.Timeout": .noAnswer,
        "org.freedesktop.DBus.Error.TimedOut": .noAnswer,
    ]
}

extension BusError {
    var cause: BlueZErrorCause { BlueZErrorCause(self) }

    /// The number in `Operation failed with ATT error: 0x0e (Unlikely Error)`; nil for a text without one.
    var attributeErrorCode: UInt8? {
        let text = message.lowercased()
        guard let mark = text.firstRange(of: "att error: 0x") else { return nil }
        return UInt8(text[mark.upperBound...].prefix(while: \.isHexDigit), radix: 16)
    }
}
