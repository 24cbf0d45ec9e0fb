import CDBus

/// Which signals to receive
/// ([specification](https://dbus.freedesktop.org/doc/dbus-specification.html#message-bus-routing-match-rules)).
/// Nil matches anything.
public struct MatchRule: Sendable, Hashable {
    /// A unique name, or a well-known one: then only signals of its present owner match, also when it changes.
    public var sender: String?
    public var path: ObjectPath?
    /// The path itself and all below it. Not together with ``path``.
    public var pathNamespace: ObjectPath?
    public var interface: String?
    public var member: String?
    /// The first argument, when it is a string: for `PropertiesChanged` the interface whose properties changed.
    public var firstArgument: String?

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

    /// `PropertiesChanged` of one interface.
    public static func propertiesChanged(
        sender: String, path: ObjectPath? = nil, pathNamespace: ObjectPath? = nil, interface: String? = nil
    ) -> MatchRule {
        MatchRule(
            sender: sender, path: path, pathNamespace: pathNamespace, interface: BusName.properties,
            member: "PropertiesChanged", firstArgument: interface)
    }

    /// The well-known name whose owner must be known to tell whether a signal matches. The bus itself is no connection:
    /// it signals under its own name.
    var trackedSender: String? {
        guard let sender, !BusName.isUnique(sender), sender != BusName.bus else { return nil }
        return sender
    }

    /// The rule as the bus wants it told.
    var text: String {
        let conditions = [
            ("sender", sender), ("path", path?.string), ("path_namespace", pathNamespace?.string),
            ("interface", interface), ("member", member), ("arg0", firstArgument),
        ]
        return conditions.reduce(into: "type='signal'") { text, condition in
            guard let value = condition.1 else { return }
            // Within quotes nothing can be escaped: an apostrophe is written outside of them.
            let quoted = value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            text += ",\(condition.0)='\(quoted)'"
        }
    }

    /// The bus filters already, but for all rules of the connection together. `owner` is asked for the unique name
    /// behind ``sender``; nil while it has none.
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
