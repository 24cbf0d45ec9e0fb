import CDBus

/// Names an object of a service, as `/org/bluez/hci0/dev_C0_FF_EE_00_00_01`. Always valid.
public struct ObjectPath: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let string: String

    /// Nil when this is no valid path: elements of `[A-Za-z0-9_]` after single slashes, no slash at the end.
    public init?(_ string: String) {
        guard !string.utf8.contains(0), dbus_validate_path(string, nil) != 0 else { return nil }
        self.string = string
    }

    /// For paths that libdbus has validated already.
    init(validated string: String) {
        self.string = string
    }

    public var description: String { string }

    /// The path one element down.
    public func appending(_ element: String) -> ObjectPath? {
        ObjectPath(string == "/" ? "/" + element : string + "/" + element)
    }

    /// Whether this path lies below `ancestor`, at any depth; a path does not lie below itself.
    public func isBelow(_ ancestor: ObjectPath) -> Bool {
        if ancestor.string == "/" { return string != "/" }
        return string.utf8.count > ancestor.string.utf8.count && string.hasPrefix(ancestor.string + "/")
    }

    public static func < (left: ObjectPath, right: ObjectPath) -> Bool { left.string < right.string }
}

extension ObjectPath: ExpressibleByStringLiteral {
    /// A literal that is no valid path is a mistake in the program and traps.
    public init(stringLiteral value: String) {
        guard let path = ObjectPath(value) else { preconditionFailure("\(value) is no D-Bus object path") }
        self = path
    }
}
