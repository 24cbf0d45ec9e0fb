import CDBus

/// Selects signals. Nil in a field matches anything.
///
/// ```swift
/// let rule = MatchRule(sender: "org.bluez", interface: "org.freedesktop.DBus.ObjectManager")
/// ```
///
/// [Specification](https://dbus.freedesktop.org/doc/dbus-specification.html#message-bus-routing-match-rules)
public struct MatchRule: Sendable, Hashable {
    /// A unique name, or a well-known name. For the latter, signals of its present owner match.
    public var sender: String?
    /// The object that sends the signal.
    public var path: ObjectPath?
    /// The path itself and all below it. Not together with ``path``.
    public var pathNamespace: ObjectPath?
    /// The interface of the signal.
    public var interface: String?
    /// The name of the signal.
    public var member: String?
    /// The first argument, a string. For `PropertiesChanged` it is the interface of the changed properties.
    public var firstArgument: String?

    /// Makes a rule from its conditions.
    public init(
        sender: String? = nil, path: ObjectPath? = nil, pathNamespace: ObjectPath? = nil, interface: String? = nil,
        member: String? = nil, firstArgument: String? = nil
    ) {
        self.sender = sender
        self.path = path
        self.pathNamespace = pathNamespace
        self.interface = interface
        self.member = member
        self.firstArgument = firstArgument
    }

    /// Selects `PropertiesChanged` of one interface, or of all for nil.
    public static func propertiesChanged(
        sender: String, path: ObjectPath? = nil, pathNamespace: ObjectPath? = nil, interface: String? = nil
    ) -> MatchRule {
        MatchRule(
            sender: sender, path: path, pathNamespace: pathNamespace, interface: BusName.properties,
            member: "PropertiesChanged", firstArgument: interface)
    }

    /// The well-known name in the rule, whose owner must be tracked. The bus itself signals under its well-known name.
    var trackedSender: String? {
        guard let sender, !BusName.isUnique(sender), sender != BusName.bus else { return nil }
        return sender
    }

    /// The rule in the syntax of the bus.
    var text: String {
        let conditions = [
            ("sender", sender), ("path", path?.string), ("path_namespace", pathNamespace?.string),
            ("interface", interface), ("member", member), ("arg0", firstArgument),
        ]
        return conditions.reduce(into: "type='signal'") { text, condition in
            guard let value = condition.1 else { return }
            // Quotes have no escapes: an apostrophe is written outside of them.
            let quoted = value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            text += ",\(condition.0)='\(quoted)'"
        }
    }

    /// Whether a signal matches. The bus filters for all rules of the connection together. `owner` returns the unique
    /// name of the ``sender``, or nil.
    func matches(_ signal: borrowing Message, owner: () -> String?) -> Bool {
        if let member, dbus_message_has_member(signal.pointer, member) == 0 { return false }
        if let path, dbus_message_has_path(signal.pointer, path.string) == 0 { return false }
        if let interface, dbus_message_has_interface(signal.pointer, interface) == 0 { return false }
        if sender != nil {
            guard let owner = owner(), dbus_message_has_sender(signal.pointer, owner) != 0 else { return false }
        }
        if let pathNamespace {
            guard let path = signal.path, path == pathNamespace || path.isBelow(pathNamespace) else { return false }
        }
        if let firstArgument { return signal.hasFirstArgument(firstArgument) }
        return true
    }
}

extension Message {
    fileprivate borrowing func hasFirstArgument(_ expected: String) -> Bool {
        (try? read { (reader) throws(BusError) in try reader.readString(is: expected) }) ?? false
    }
}
