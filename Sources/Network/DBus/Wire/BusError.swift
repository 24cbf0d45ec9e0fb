import TextFormats

/// An error on the bus, with a D-Bus error name and a text. If a peer answered with an error, both are the peer's.
///
/// ```swift
/// do {
///     try await device.call("Connect", on: "org.bluez.Device1")
/// } catch let error as BusError where error.name == "org.bluez.Error.InProgress" {
///     …
/// }
/// ```
///
/// A handler of an ``ExportedMethod`` throws one to send this name and message to its caller.
public struct BusError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of an error.
    public enum Code: Sendable, Hashable {
        /// A peer or the bus answered with an error: see ``BusError/name``.
        case replied
        /// The reply did not come in time. The call may still have had its effect.
        case timedOut
        /// The connection is lost or closed. All later calls on this ``Bus`` fail too.
        case disconnected
        /// The connection failed to open.
        case cannotConnect
        /// A received message has other types than expected.
        case unexpectedType
        /// The message cannot be sent: a name is invalid, a value does not fit its signature, or it is too large.
        case invalidArgument
    }

    /// The kind of the error. Use this and ``name`` to decide.
    public let code: Code
    /// The D-Bus error name, such as `org.bluez.Error.InProgress`.
    public let name: String
    /// A text for people, as the peer sent it.
    public let message: String

    init(_ code: Code, name: String, message: String) {
        self.code = code
        self.name = name
        self.message = message
    }

    /// An error to send to a caller.
    public init(name: String, message: String) {
        self.init(.replied, name: name, message: message)
    }

    /// Name and message in one line, without control characters: a peer chooses both.
    public var description: String { (message.isEmpty ? name : "\(name): \(message)").printable(scalars: 400) }
}

extension BusError {
    /// The standard error names
    /// (`dbus-protocol.h`, [specification](https://dbus.freedesktop.org/doc/dbus-specification.html)).
    public enum Name {
        /// The bus does not allow the message.
        public static let accessDenied = "org.freedesktop.DBus.Error.AccessDenied"
        /// The connection is lost.
        public static let disconnected = "org.freedesktop.DBus.Error.Disconnected"
        /// An error of no other kind.
        public static let failed = "org.freedesktop.DBus.Error.Failed"
        /// A message has other types than expected.
        public static let inconsistentMessage = "org.freedesktop.DBus.Error.InconsistentMessage"
        /// A call has wrong arguments.
        public static let invalidArgs = "org.freedesktop.DBus.Error.InvalidArgs"
        /// A limit is reached.
        public static let limitsExceeded = "org.freedesktop.DBus.Error.LimitsExceeded"
        /// The well-known name has no owner.
        public static let nameHasNoOwner = "org.freedesktop.DBus.Error.NameHasNoOwner"
        /// The reply did not come in time.
        public static let noReply = "org.freedesktop.DBus.Error.NoReply"
        /// The bus does not answer at its address.
        public static let noServer = "org.freedesktop.DBus.Error.NoServer"
        /// The property cannot be set.
        public static let propertyReadOnly = "org.freedesktop.DBus.Error.PropertyReadOnly"
        /// The service does not exist.
        public static let serviceUnknown = "org.freedesktop.DBus.Error.ServiceUnknown"
        /// The object has no such interface.
        public static let unknownInterface = "org.freedesktop.DBus.Error.UnknownInterface"
        /// The interface has no such method.
        public static let unknownMethod = "org.freedesktop.DBus.Error.UnknownMethod"
        /// The object does not exist.
        public static let unknownObject = "org.freedesktop.DBus.Error.UnknownObject"
        /// The interface has no such property.
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
