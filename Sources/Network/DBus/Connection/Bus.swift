import CDBus
public import EventThread
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
/// The actor lives on an event thread, which waits for the connection: one of its own, or one that is shared. When the connection is lost every pending call
/// and every ``SignalStream`` throws ``BusError/Code/disconnected``; there is no way back: connect anew.
///
/// [D-Bus specification](https://dbus.freedesktop.org/doc/dbus-specification.html)
public actor Bus {
    nonisolated let thread: EventThread
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let hasOwnThread: Bool
    private let source = EventThread.SourceID()
    private let clock: any Clock<Duration>
    private var connection: Connection?
    /// Why there is no connection; nil while there is one, and before there is.
    private var closed: BusError?
    private var closeWatchers: [CheckedContinuation<BusError, Never>] = []
    private var drainWatchers: [CheckedContinuation<Void, Never>] = []
    /// Replies that somebody waits for, by the serial of the call.
    private var replies: [UInt32: ReplyHandler] = [:]
    var subscriptions: [Subscription] = []
    var nextSubscriptionID = 0
    /// The owners of the well-known names in our match rules.
    var owners: [String: TrackedOwner] = [:]
    var exports = ExportedObjects()
    var incomingCalls: [UInt64: Task<Void, Never>] = [:]
    var nextIncomingCallID: UInt64 = 0

    /// The name that the bus gave this connection, such as `:1.42`.
    public private(set) var uniqueName = ""

    private init(clock: any Clock<Duration>, thread: EventThread?) {
        self.clock = clock
        self.thread = thread ?? EventThread(name: "dbus")
        hasOwnThread = thread == nil
        self.thread.add(
            source, interest: { [weak self] wait in self?.assumeIsolated { $0.connection?.wait(&wait) } },
            ready: { [weak self] _ in self?.assumeIsolated { $0.process() } })
    }

    deinit {
        for subscription in subscriptions { subscription.finish(.disconnected("the connection was closed")) }
        for call in incomingCalls.values { call.cancel() }
        thread.remove(source)
        if hasOwnThread { thread.stop() }
    }

    /// Connects to the bus at an address such as `unix:path=/run/dbus/system_bus_socket`. The clock
    /// measures the time-outs of calls; without a `thread` the connection has one of its own.
    public static func connect(
        to address: String, clock: any Clock<Duration> = ContinuousClock(), thread: EventThread? = nil
    ) async throws -> Bus {
        let bus = Bus(clock: clock, thread: thread)
        try await bus.open(address)
        return bus
    }

    /// Connects to the system bus, where bluetoothd is: at `DBUS_SYSTEM_BUS_ADDRESS`, else at the address that the
    /// specification names.
    public static func system(
        clock: any Clock<Duration> = ContinuousClock(), thread: EventThread? = nil
    ) async throws -> Bus {
        let address = getenv("DBUS_SYSTEM_BUS_ADDRESS").map { String(cString: $0) }
        return try await connect(
            to: address ?? "unix:path=/var/run/dbus/system_bus_socket", clock: clock, thread: thread)
    }

    /// Closes the connection: whoever waits on it gets ``BusError/Code/disconnected``.
    public func close() {
        disconnect(because: .disconnected("the connection was closed"))
    }

    /// Returns why the connection has ended, once it has.
    public func waitUntilClosed() async -> BusError {
        if let closed { return closed }
        return await withCheckedContinuation { closeWatchers.append($0) }
    }

    /// Calls a method and reads its reply with `decode`, which runs on the bus's thread.
    ///
    /// A call that is cancelled or times out is forgotten: its reply is dropped when it comes. Without a time-out it
    /// waits as long as the connection lives. Throws ``BusError``, or `CancellationError`.
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

    /// Sends a call whose reply is handled on the bus's thread, in order with signals.
    func send(_ call: MethodCall, handler: ReplyHandler) throws(BusError) {
        replies[try send(.methodCall(call))] = handler
    }

    /// Queues a message; returns its serial.
    @discardableResult
    func send(_ message: consuming Message) throws(BusError) -> UInt32 {
        guard let connection else { throw closed ?? .disconnected("not connected") }
        guard connection.outgoingBytes <= BusLimits.outgoingBytes else {
            throw BusError(
                .invalidArgument, name: BusError.Name.limitsExceeded, message: "the bus does not read what we send")
        }
        return try connection.send(message)
    }

    /// Suspends while much waits to be written, until the bus has read most of it.
    public func waitForRoom() async {
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
        default: break  // the specification: ignore unknown types
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
    /// An error reply; its first argument is the text, when it is a string.
    fileprivate init(reply: borrowing Message) {
        let name = dbus_message_get_error_name(reply.pointer).map { String(cString: $0) } ?? Name.failed
        let message = try? reply.read { (reader) throws(BusError) in try reader.readString() }
        self.init(name: name, message: message ?? "")
    }
}
