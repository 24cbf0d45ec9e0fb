import CDBus

/// Where the reply to a peer's call goes.
struct ReplyAddress: Sendable {
    /// The unique name of the caller.
    var caller: String
    var serial: UInt32
    /// The caller may have told that it wants none.
    var isWanted: Bool

    init(_ call: borrowing Message) {
        caller = call.sender ?? ""
        serial = dbus_message_get_serial(call.pointer)
        isWanted = dbus_message_get_no_reply(call.pointer) == 0
    }
}
