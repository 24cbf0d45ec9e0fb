import CDBus

/// A D-Bus message, released once when its owner lets it go. Received messages are only lent to closures.
public struct Message: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over one reference.
    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        dbus_message_unref(pointer)
    }

    /// The unique name of the connection that sent this, as the bus vouches for it.
    public var sender: String? { dbus_message_get_sender(pointer).map { String(cString: $0) } }
    public var path: ObjectPath? {
        dbus_message_get_path(pointer).map { ObjectPath(validated: String(cString: $0)) }
    }
    public var interface: String? { dbus_message_get_interface(pointer).map { String(cString: $0) } }
    public var member: String? { dbus_message_get_member(pointer).map { String(cString: $0) } }
    /// The types of the arguments.
    public var signature: String { String(cString: dbus_message_get_signature(pointer)) }

    /// Reads the arguments from the first one on.
    public borrowing func read<Result>(
        _ body: (inout MessageReader) throws(BusError) -> Result
    ) throws(BusError) -> Result {
        var iterator = DBusMessageIter()
        dbus_message_iter_init(pointer, &iterator)
        var reader = MessageReader(iterator)
        return try body(&reader)
    }

    /// All arguments as value trees.
    public borrowing func arguments() throws(BusError) -> [BusValue] {
        try read { (reader) throws(BusError) in try reader.readValues() }
    }

    /// The new value of a property of type `ay`, from a `PropertiesChanged` signal of this interface; nil without one.
    ///
    /// ```swift
    /// let value = message.changedBytes("Value", of: "org.bluez.GattCharacteristic1")
    /// ```
    public borrowing func changedBytes(_ property: StaticString, of interface: StaticString) -> [UInt8]? {
        changedProperty(property, of: interface) { (value) throws(BusError) in try value.readBytes() }
    }

    /// From a `PropertiesChanged` signal: lets `body` read the new value of this one property.
    ///
    /// Nil when the signal is about another interface, does not hold the property, or `body` cannot read it. Nothing
    /// but what `body` makes is allocated:
    /// ```swift
    /// let bytes = message.changedProperty("Value", of: "org.bluez.GattCharacteristic1") { value in
    ///     try value.readBytes()
    /// }
    /// ```
    public borrowing func changedProperty<Result>(
        _ property: StaticString, of interface: StaticString,
        _ body: (inout MessageReader) throws(BusError) -> Result
    ) -> Result? {
        try? read { (reader) throws(BusError) -> Result? in
            guard try reader.readString(is: interface) else { return nil }
            var result: Result?
            try reader.readArray { (entries) throws(BusError) in
                try entries.readEntry { (entry) throws(BusError) in
                    guard try entry.readString(is: property) else { return }
                    result = try entry.readVariant(body)
                }
            }
            return result
        }
    }
}
