import TextFormats

/// What went wrong on the bus: always with a D-Bus error name and a text, the peer's own where a peer answered.
///
/// A handler of an exported method throws one to answer its caller with that name and message.
public struct BusError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// A peer, or the bus itself, answered with an error: see ``BusError/name``.
        case replied
        /// No reply came in time. The call may still have had its effect.
        case timedOut
        /// The connection is lost or was closed; nothing on this ``Bus`` works any more.
        case disconnected
        /// The connection could not be made.
        case cannotConnect
        /// A received message is not shaped as it should be.
        case unexpectedType
        /// What should be sent cannot be: an invalid name, a value that does not fit its signature, too large.
        case invalidArgument
    }

    /// Stable; decide by this and by ``name``.
    public let code: Code
    /// The D-Bus error name, such as `org.bluez.Error.InProgress`.
    public let name: String
    /// The foreign text as it came, or ours; for people.
    public let message: String

    init(_ code: Code, name: String, message: String) {
        self.code = code
        self.name = name
        self.message = message
    }

    /// The error that a peer answers, or is answered, with.
    public init(name: String, message: String) {
        self.init(.replied, name: name, message: message)
    }

    /// One line without anything that could move a cursor or forge a line of a log: a peer chooses the name and the text.
    public var description: String { (message.isEmpty ? name : "\(name): \(message)").printable(scalars: 400) }
}

extension BusError {
    /// The bus's own error names
    /// (`dbus-protocol.h`, [specification](https://dbus.freedesktop.org/doc/dbus-specification.html)).
    public enum Name {
        public static let accessDenied = "org.freedesktop.DBus.Error.AccessDenied"
        public static let disconnected = "org.freedesktop.DBus.Error.Disconnected"
        public static let failed = "org.freedesktop.DBus.Error.Failed"
        public static let inconsistentMessage = "org.freedesktop.DBus.Error.InconsistentMessage"
        public static let invalidArgs = "org.freedesktop.DBus.Error.InvalidArgs"
        public static let limitsExceeded = "org.freedesktop.DBus.Error.LimitsExceeded"
        public static let nameHasNoOwner = "org.freedesktop.DBus.Error.NameHasNoOwner"
        public static let noReply = "org.freedesktop.DBus.Error.NoReply"
        public static let noServer = "org.freedesktop.DBus.Error.NoServer"
        public static let propertyReadOnly = "org.freedesktop.DBus.Error.PropertyReadOnly"
        public static let serviceUnknown = "org.freedesktop.DBus.Error.ServiceUnknown"
        public static let unknownInterface = "org.freedesktop.DBus.Error.UnknownInterface"
        public static let unknownMethod = "org.freedesktop.DBus.Error.UnknownMethod"
        public static let unknownObject = "org.freedesktop.DBus.Error.UnknownObject"
        public static let unknownProperty = "org.freedesktop.DBus.Error.UnknownProperty"
    }

    static func disconnected(_ message: String) -> BusError {
        BusError(.disconnected, name: Name.disconnected, message: message)
    }

    static func unexpectedType(_ message: String) -> BusError {
        BusError(.unexpectedType, name: Name.inconsistentMessage, message: message)
    }

    static func invalidArgument(_ message: String) -> BusError {
        BusError(.invalidArgument, name: Name.invalidArgs, message: message)
    }
}
