import CDBus

extension Message {
    /// Throws if a name or an argument is invalid.
    static func methodCall(_ call: MethodCall) throws(BusError) -> Message {
        try BusName.check(call.destination, by: dbus_validate_bus_name, as: "bus name")
        try BusName.check(call.interface, by: dbus_validate_interface, as: "interface name")
        try BusName.check(call.member, by: dbus_validate_member, as: "member name")
        let message = Message(
            orTrap: dbus_message_new_method_call(call.destination, call.path.string, call.interface, call.member))
        dbus_message_set_auto_start(message.pointer, 0)
        try message.append(call.arguments)
        return message
    }

    static func signal(_ signal: Signal) throws(BusError) -> Message {
        try BusName.check(signal.interface, by: dbus_validate_interface, as: "interface name")
        try BusName.check(signal.member, by: dbus_validate_member, as: "member name")
        let message = Message(orTrap: dbus_message_new_signal(signal.path.string, signal.interface, signal.member))
        if let destination = signal.destination {
            try BusName.check(destination, by: dbus_validate_bus_name, as: "bus name")
            dbus_message_set_destination(message.pointer, destination)
        }
        try message.append(signal.arguments)
        return message
    }

    static func reply(to address: ReplyAddress, _ arguments: [BusValue]) throws(BusError) -> Message {
        let message = Message(orTrap: dbus_message_new(DBUS_MESSAGE_TYPE_METHOD_RETURN))
        message.setAddress(address)
        try message.append(arguments)
        return message
    }

    /// Makes an error reply. An invalid name becomes `Failed`.
    static func reply(to address: ReplyAddress, error: BusError) throws(BusError) -> Message {
        let message = Message(orTrap: dbus_message_new(DBUS_MESSAGE_TYPE_ERROR))
        message.setAddress(address)
        let isName = !error.name.utf8.contains(0) && dbus_validate_error_name(error.name, nil) != 0
        dbus_message_set_error_name(message.pointer, isName ? error.name : BusError.Name.failed)
        try message.append([.string(error.message)])
        return message
    }

    /// libdbus returns nil only without memory. Swift traps there too.
    private init(orTrap pointer: OpaquePointer?) {
        guard let pointer else { preconditionFailure("out of memory") }
        self.init(adopting: pointer)
    }

    private borrowing func setAddress(_ address: ReplyAddress) {
        dbus_message_set_destination(pointer, address.caller)
        dbus_message_set_reply_serial(pointer, address.serial)
    }

    private borrowing func append(_ values: [BusValue]) throws(BusError) {
        guard !values.isEmpty else { return }
        var bytes = 0
        for value in values { try value.validate(depth: 0, bytes: &bytes) }
        let types = values.map(\.signature.string).joined()
        guard Signature(types) != nil else { throw .invalidArgument("\(types) is too deep or long for a signature") }
        var writer = MessageWriter(pointer)
        for value in values { writer.append(value) }
    }
}

/// The address of the reply to a peer's call.
struct ReplyAddress: Sendable {
    /// The unique name of the caller.
    var caller: String
    var serial: UInt32
    /// Whether the caller wants a reply.
    var isWanted: Bool

    init(_ call: borrowing Message) {
        caller = call.sender ?? ""
        serial = dbus_message_get_serial(call.pointer)
        isWanted = dbus_message_get_no_reply(call.pointer) == 0
    }
}
