import CDBus

/// The names of the bus and of the standard interfaces, and the check of names.
enum BusName {
    static let bus = "org.freedesktop.DBus"
    static let busPath: ObjectPath = "/org/freedesktop/DBus"
    static let properties = "org.freedesktop.DBus.Properties"
    static let objectManager = "org.freedesktop.DBus.ObjectManager"
    static let introspectable = "org.freedesktop.DBus.Introspectable"
    static let peer = "org.freedesktop.DBus.Peer"

    /// Throws if a name is invalid. libdbus would abort the process.
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
