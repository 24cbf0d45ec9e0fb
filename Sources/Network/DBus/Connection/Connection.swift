import CDBus
import EventThread
import Glibc

/// A private libdbus connection. Use it on its `EventThread` only.
final class Connection {
    private let pointer: OpaquePointer

    /// Connects to an address in the form of the D-Bus specification ("Server Addresses"). Tries alternatives, which
    /// are separated by semicolons, in order.
    init(to address: String) throws(BusError) {
        guard !address.utf8.contains(0) else { throw .invalidArgument("an address with a zero character") }
        guard dbus_threads_init_default() != 0 else { preconditionFailure("out of memory") }
        // libdbus would ignore SIGPIPE in the whole process; on Linux its writes raise none.
        dbus_connection_set_change_sigpipe(0)
        var error = CDBus.DBusError()
        dbus_error_init(&error)
        defer { dbus_error_free(&error) }
        guard let pointer = dbus_connection_open_private(address, &error) else {
            let name = error.name.map { String(cString: $0) } ?? BusError.Name.noServer
            let message = error.message.map { String(cString: $0) } ?? "unknown reason"
            throw BusError(.cannotConnect, name: name, message: "cannot connect to \(address): \(message)")
        }
        self.pointer = pointer
        dbus_connection_set_exit_on_disconnect(pointer, 0)
        dbus_connection_set_max_message_size(pointer, BusLimits.messageBytes)
        dbus_connection_set_max_received_size(pointer, BusLimits.receivedBytes)
    }

    deinit {
        dbus_connection_close(pointer)
        dbus_connection_unref(pointer)
    }

    var isConnected: Bool { dbus_connection_get_is_connected(pointer) != 0 }

    /// Bytes that wait for the peer to read.
    var outgoingBytes: Int { dbus_connection_get_outgoing_size(pointer) }

    /// Adds the socket to the set.
    func poll(_ set: inout PollSet) {
        var descriptor: Int32 = -1
        guard isConnected, dbus_connection_get_unix_fd(pointer, &descriptor) != 0 else { return }
        // During authentication the peer acts next: waiting for POLLOUT would only spin.
        guard dbus_connection_get_is_authenticated(pointer) != 0 else {
            set.add(descriptor, events: POLLIN)
            set.limit(milliseconds: BusLimits.authenticationPollMilliseconds)
            return
        }
        let hasToSend = dbus_connection_has_messages_to_send(pointer) != 0
        set.add(descriptor, events: hasToSend ? POLLIN | POLLOUT : POLLIN)
    }

    /// Reads and writes without blocking.
    func transfer() {
        dbus_connection_read_write(pointer, 0)
    }

    /// The next received message.
    func next() -> Message? {
        guard let message = dbus_connection_pop_message(pointer) else { return nil }
        return Message(adopting: message)
    }

    /// Queues a message and writes as much as possible without blocking. Returns its serial.
    @discardableResult
    func send(_ message: borrowing Message) throws(BusError) -> UInt32 {
        var serial: UInt32 = 0
        guard isConnected else { throw .disconnected("the connection to the bus is lost") }
        guard dbus_connection_send(pointer, message.pointer, &serial) != 0 else { preconditionFailure("out of memory") }
        return serial
    }
}
