import CDBus

/// The valid path of an object, such as `/org/bluez/hci0/dev_C0_FF_EE_00_00_01`.
///
/// [Specification](https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-marshaling-object-path)
public struct ObjectPath: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The path as text.
    public let string: String

    /// Nil for an invalid path. A path has elements of `[A-Za-z0-9_]` after single slashes, and no slash at its end.
    public init?(_ string: String) {
        guard !string.utf8.contains(0), dbus_validate_path(string, nil) != 0 else { return nil }
        self.string = string
    }

    /// For paths that libdbus has validated.
    init(validated string: String) {
        self.string = string
    }

    /// The path as text.
    public var description: String { string }

    /// The path with one more element; nil if the element is invalid.
    public func appending(_ element: String) -> ObjectPath? {
        ObjectPath(string == "/" ? "/" + element : string + "/" + element)
    }

    /// Whether this path is below `ancestor`, at any depth. A path is not below itself.
    public func isBelow(_ ancestor: ObjectPath) -> Bool {
        if ancestor.string == "/" { return string != "/" }
        return string.utf8.count > ancestor.string.utf8.count && string.hasPrefix(ancestor.string + "/")
    }

    /// Orders paths by their text.
    public static func < (left: ObjectPath, right: ObjectPath) -> Bool { left.string < right.string }
}

extension ObjectPath: ExpressibleByStringLiteral {
    /// Traps for a literal that is not a valid path.
    public init(stringLiteral value: String) {
        guard let path = ObjectPath(value) else { preconditionFailure("\(value) is not a D-Bus object path") }
        self = path
    }
}
