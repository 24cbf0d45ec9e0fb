import CDBus
package import EventThread
import Glibc
import Timing

/// A connection to a message bus: calls methods, receives signals, exports objects.
///
/// ```swift
/// let bus = try await Bus.system()
/// let bluez = bus.object("/org/bluez/hci0", of: "org.bluez")
/// let address = try await bluez.property("Address", of: "org.bluez.Adapter1").string
/// ```
///
/// The actor runs on a thread of its own, which also waits for the socket. If the connection is lost, all pending calls
/// and all ``SignalStream``s throw ``BusError/Code/disconnected``, and so do all later calls: open a new connection.
///
/// [D-Bus specification](https://dbus.freedesktop.org/doc/dbus-specification.html)
public actor Bus {
    nonisolated let thread: EventThread
    /// The executor of the connection's thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let hasOwnThread: Bool
    private let source = EventThread.SourceID()
    private let clock: any Clock<Duration>
    private var connection: Connection?
    /// The reason for the end of the connection; nil before that.
    private var closed: BusError?
    private var closeWatchers: [CheckedContinuation<BusError, Never>] = []
    private var drainWatchers: [CheckedContinuation<Void, Never>] = []
    /// The handlers of pending calls, by the serial of the call.
    private var replies: [UInt32: ReplyHandler] = [:]
    var subscriptions: [SignalSubscription] = []
    var nextSubscriptionID = 0
    /// The owners of the well-known names in our match rules.
    var owners: [String: TrackedOwner] = [:]
    var exports = ExportedObjects()
    var incomingCalls: [UInt64: Task<Void, Never>] = [:]
    var nextIncomingCallID: UInt64 = 0

    /// The unique name of this connection, such as `:1.42`.
    public private(set) var uniqueName = ""

    private init(clock: any Clock<Duration>, thread: EventThread?) {
        self.clock = clock
        self.thread = thread ?? EventThread(name: "dbus")
        hasOwnThread = thread == nil
        self.thread.add(
            source, interest: { [weak self] set in self?.assumeIsolated { $0.connection?.poll(&set) } },
            ready: { [weak self] _ in self?.assumeIsolated { $0.process() } })
    }

    deinit {
        for subscription in subscriptions { subscription.finish(.disconnected("the connection was closed")) }
        for call in incomingCalls.values { call.cancel() }
        thread.remove(source)
        if hasOwnThread { thread.stop() }
    }

    /// Connects to the bus at an address such as `unix:path=/run/dbus/system_bus_socket`.
    ///
    /// The address is in the form of the specification, section "Server Addresses". The clock measures the time-outs of
    /// calls.
    public static func connect(
        to address: String, clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> Bus {
        try await connect(to: address, clock: clock, thread: nil)
    }

    /// Connects on a shared thread, or with nil on a thread of its own.
    package static func connect(
        to address: String, clock: any Clock<Duration> = ContinuousClock(), thread: EventThread?
    ) async throws -> Bus {
        let bus = Bus(clock: clock, thread: thread)
        try await bus.open(address)
        return bus
    }

    /// Connects to the system bus: at `DBUS_SYSTEM_BUS_ADDRESS`, or at the address in the specification without it.
    public static func system(clock: any Clock<Duration> = ContinuousClock()) async throws -> Bus {
        try await system(clock: clock, thread: nil)
    }

    /// Connects to the system bus on a shared thread, or with nil on a thread of its own.
    package static func system(
        clock: any Clock<Duration> = ContinuousClock(), thread: EventThread?
    ) async throws -> Bus {
        let address = getenv("DBUS_SYSTEM_BUS_ADDRESS").map { String(cString: $0) }
        return try await connect(
            to: address ?? "unix:path=/var/run/dbus/system_bus_socket", clock: clock, thread: thread)
    }

    /// Closes the connection. Pending calls and signal streams throw ``BusError/Code/disconnected``.
    public func close() {
        disconnect(because: .disconnected("the connection was closed"))
    }

    /// Waits for the end of the connection and returns its reason.
    public func waitUntilClosed() async -> BusError {
        if let closed { return closed }
        return await withCheckedContinuation { closeWatchers.append($0) }
    }

    /// Calls a method and reads its reply with `decode`, which runs on the connection's thread.
    ///
    /// The reply to a cancelled or timed-out call is dropped. Without a time-out the call waits until the connection
    /// ends.
    ///
    /// ```swift
    /// let call = MethodCall(
    ///     destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus",
    ///     member: "GetId")
    /// let id = try await bus.call(call) { (reader) throws(BusError) in try reader.readString() }
    /// ```
    ///
    /// - Throws: ``BusError``, or `CancellationError`.
    public func call<Reply: Sendable>(
        _ call: MethodCall, timeout: Duration? = BusLimits.callTimeout,
        decode: @escaping @Sendable (inout MessageReader) throws(BusError) -> Reply
    ) async throws -> Reply {
        guard let timeout else { return try await exchange(call, decode: decode) }
        do {
            return try await withTimeout(timeout, clock: clock) { try await self.exchange(call, decode: decode) }
        } catch is TimedOut {
            throw BusError(
                .timedOut, name: BusError.Name.noReply,
                message: "\(call.destination) did not answer \(call.interface).\(call.member) within \(timeout)")
        }
    }

    /// Calls a method and returns all values of its reply.
    @discardableResult
    public func call(_ call: MethodCall, timeout: Duration? = BusLimits.callTimeout) async throws -> [BusValue] {
        try await self.call(call, timeout: timeout) { (reader) throws(BusError) in try reader.readValues() }
    }

    private func open(_ address: String) async throws {
        connection = try Connection(to: address)
        uniqueName = try await call(.bus("Hello")) { (reader) throws(BusError) in try reader.readString() }
    }

    private func exchange<Reply: Sendable>(
        _ call: MethodCall, decode: @escaping @Sendable (inout MessageReader) throws(BusError) -> Reply
    ) async throws -> Reply {
        try Task.checkCancellation()
        let serial = try send(.methodCall(call))
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                replies[serial] = ReplyHandler(
                    succeed: { message in continuation.resume(with: Result { try message.read(decode) }) },
                    fail: { continuation.resume(throwing: $0) })
                if Task.isCancelled { forget(serial) }
            }
        } onCancel: {
            thread.perform { self.assumeIsolated { $0.forget(serial) } }
        }
    }

    private func forget(_ serial: UInt32) {
        replies.removeValue(forKey: serial)?.fail(CancellationError())
    }

    /// Sends a call. Its reply is handled on the connection's thread, in order with signals.
    func send(_ call: MethodCall, handler: ReplyHandler) throws(BusError) {
        replies[try send(.methodCall(call))] = handler
    }

    /// Queues a message; returns its serial.
    @discardableResult
    func send(_ message: consuming Message) throws(BusError) -> UInt32 {
        guard let connection else { throw closed ?? .disconnected("not connected") }
        guard connection.outgoingBytes <= BusLimits.outgoingBytes else {
            throw BusError(
                .invalidArgument, name: BusError.Name.limitsExceeded, message: "the bus does not read our messages")
        }
        return try connection.send(message)
    }

    /// Waits until the bus has read most of the outgoing messages.
    public func waitForSpace() async {
        while let connection, connection.outgoingBytes > BusLimits.comfortableOutgoingBytes {
            await withCheckedContinuation { drainWatchers.append($0) }
        }
    }

    private func process() {
        guard let connection else { return }
        connection.transfer()
        while let message = connection.next() { handle(message) }
        if !connection.isConnected { disconnect(because: .disconnected("the connection to the bus is lost")) }
        if !drainWatchers.isEmpty, connection.outgoingBytes <= BusLimits.comfortableOutgoingBytes {
            resumeDrainWatchers()
        }
    }

    private func handle(_ message: borrowing Message) {
        switch dbus_message_get_type(message.pointer) {
        case DBUS_MESSAGE_TYPE_METHOD_RETURN: replyHandler(for: message)?.succeed(message)
        case DBUS_MESSAGE_TYPE_ERROR: replyHandler(for: message)?.fail(BusError(reply: message))
        case DBUS_MESSAGE_TYPE_SIGNAL: dispatch(signal: message)
        case DBUS_MESSAGE_TYPE_METHOD_CALL: answer(message)
        default: break  // The specification: ignore unknown types.
        }
    }

    private func replyHandler(for message: borrowing Message) -> ReplyHandler? {
        replies.removeValue(forKey: dbus_message_get_reply_serial(message.pointer))
    }

    private func disconnect(because reason: BusError) {
        guard closed == nil else { return }
        closed = reason
        connection = nil
        for handler in replies.values { handler.fail(reason) }
        replies = [:]
        for subscription in subscriptions { subscription.finish(reason) }
        subscriptions = []
        for call in incomingCalls.values { call.cancel() }
        resumeDrainWatchers()
        for watcher in closeWatchers { watcher.resume(returning: reason) }
        closeWatchers = []
    }

    private func resumeDrainWatchers() {
        for watcher in drainWatchers { watcher.resume() }
        drainWatchers = []
    }
}

extension BusError {
    /// Reads an error reply. Its first argument is the text, if it is a string.
    fileprivate init(reply: borrowing Message) {
        let name = dbus_message_get_error_name(reply.pointer).map { String(cString: $0) } ?? Name.failed
        let message = try? reply.read { (reader) throws(BusError) in try reader.readString() }
        self.init(name: name, message: message ?? "")
    }
}
