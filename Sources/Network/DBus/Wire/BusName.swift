import CDBus

/// The bus's own names, and the rules that names keep.
enum BusName {
    static let bus = "org.freedesktop.DBus"
    static let busPath: ObjectPath = "/org/freedesktop/DBus"
    static let properties = "org.freedesktop.DBus.Properties"
    static let objectManager = "org.freedesktop.DBus.ObjectManager"
    static let introspectable = "org.freedesktop.DBus.Introspectable"
    static let peer = "org.freedesktop.DBus.Peer"

    /// libdbus aborts the process when it is given a name that breaks the rules.
    static func check(
        _ name: String, by validator: (UnsafePointer<CChar>, UnsafeMutablePointer<CDBus.DBusError>?) -> dbus_bool_t,
        as kind: String
    ) throws(BusError) {
        guard !name.utf8.contains(0), validator(name, nil) != 0 else {
            throw .invalidArgument("“\(name)” is no \(kind)")
        }
    }

    static func isUnique(_ name: String) -> Bool { name.hasPrefix(":") }
}
