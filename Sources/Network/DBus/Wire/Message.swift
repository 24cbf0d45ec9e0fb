import CDBus

/// A D-Bus message. Received messages are only borrowed by closures.
///
/// [Specification](https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-messages)
public struct Message: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over one reference.
    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        dbus_message_unref(pointer)
    }

    /// The unique name of the sender. The bus guarantees it.
    public var sender: String? { dbus_message_get_sender(pointer).map { String(cString: $0) } }
    /// The called object, or the object that sends the signal.
    public var path: ObjectPath? {
        dbus_message_get_path(pointer).map { ObjectPath(validated: String(cString: $0)) }
    }
    /// The interface of the method or signal.
    public var interface: String? { dbus_message_get_interface(pointer).map { String(cString: $0) } }
    /// The name of the method or signal.
    public var member: String? { dbus_message_get_member(pointer).map { String(cString: $0) } }
    /// The types of the arguments.
    public var signature: String { String(cString: dbus_message_get_signature(pointer)) }

    /// Reads the arguments, starting with the first.
    public borrowing func read<Result>(
        _ body: (inout MessageReader) throws(BusError) -> Result
    ) throws(BusError) -> Result {
        var iterator = DBusMessageIter()
        dbus_message_iter_init(pointer, &iterator)
        var reader = MessageReader(iterator)
        return try body(&reader)
    }

    /// All arguments as values.
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

    /// Reads the new value of one property from a `PropertiesChanged` signal with `body`.
    ///
    /// Nil if the signal is of another interface, does not hold the property, or `body` throws. Only `body` allocates
    /// memory:
    /// ```swift
    /// let rssi = message.changedProperty("RSSI", of: "org.bluez.Device1") { (value) throws(BusError) in
    ///     try value.readInt16()
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
