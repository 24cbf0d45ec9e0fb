import CPostgreSQL
import Glibc
import TextFormats

/// A connection of libpq that never blocks: each call says what it waits for, or has a deadline.
final class PostgresHandle {
    enum Progress {
        /// For these events of ``PostgresHandle/socket``.
        case waiting(Int32)
        /// Nil at the end of a statement.
        case result(PostgresResult?)
    }

    /// How often a statement that waits looks at ``isGivenUp``.
    private static let lookInterval: Duration = .milliseconds(250)

    let functions: cpostgres_functions
    private let pointer: OpaquePointer
    private let inbox = NoticeInbox()
    /// Whether the answer to a statement that waits is of no use any more; nil if it always is.
    var isGivenUp: (@Sendable () -> Bool)?

    /// Begins to connect; go on with ``connect()``.
    /// - Throws: ``PostgresError`` if that fails at once: a wrong setting, or a socket that does not exist.
    init(_ library: PostgresLibrary, settings: [(name: String, value: String)]) throws(PostgresError) {
        let functions = library.functions
        self.functions = functions
        let names = CTexts(settings.map(\.name))
        let values = CTexts(settings.map(\.value))
        let started = withExtendedLifetime((names, values)) {
            functions.connect_start(names.pointers, values.pointers, 0)
        }
        guard let pointer = started else {
            throw PostgresError(.unreachable, "no memory for a connection")
        }
        self.pointer = pointer
        let context = Unmanaged.passUnretained(inbox).toOpaque()
        _ = functions.set_notice_receiver(
            pointer,
            { context, notice in
                guard let context, let notice else { return }
                Unmanaged<NoticeInbox>.fromOpaque(context).takeUnretainedValue().add(notice)
            }, context)
        inbox.functions = functions
        // With the SQLSTATE, for which libpq has no call before the connection stands.
        _ = functions.set_error_verbosity(pointer, Int32(CPOSTGRES_ERRORS_VERBOSE))
        if Int(functions.status(pointer)) == CPOSTGRES_CONNECTION_BAD { throw connectionFailure }
    }

    deinit {
        functions.finish(pointer)
    }

    // MARK: State

    /// Negative when the connection has broken. It may change while the connection is made.
    var socket: Int32 { functions.socket(pointer) }

    var isConnected: Bool { Int(functions.status(pointer)) == CPOSTGRES_CONNECTION_OK }

    var transactionStatus: Int { Int(functions.transaction_status(pointer)) }

    /// 150020 is 15.20.
    var serverVersion: Int { Int(functions.server_version(pointer)) }

    var errorText: String {
        functions.error_message(pointer).map { String(cString: $0) }?.printable(scalars: 300) ?? ""
    }

    /// The messages of the server since the last call.
    func takeNotices() -> [PostgresNotice] {
        defer { inbox.notices = [] }
        return inbox.notices
    }

    // MARK: The beginning

    /// Goes on with the connection. Returns the events to wait for, or nil when it stands.
    func connect() throws(PostgresError) -> Int32? {
        switch Int(functions.connect_poll(pointer)) {
        case CPOSTGRES_POLLING_OK:
            _ = functions.set_nonblocking(pointer, 1)
            _ = functions.set_error_verbosity(pointer, Int32(CPOSTGRES_ERRORS_DEFAULT))
            return nil
        case CPOSTGRES_POLLING_READING: return POLLIN
        case CPOSTGRES_POLLING_WRITING: return POLLOUT
        default: throw connectionFailure
        }
    }

    /// The refusal of the server; otherwise the first line of libpq's text. Its other lines are advice.
    private var connectionFailure: PostgresError {
        let text = functions.error_message(pointer).map { String(cString: $0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return PostgresError(refusal: text) ?? PostgresError(.unreachable, line.printable(scalars: 300))
    }

    // MARK: Statements

    /// Sends a statement without a name. Its rows come in the binary format.
    func send(_ text: String, types: [UInt32], values: [[UInt8]?]) throws(PostgresError) {
        let parameters = Parameters(values)
        let isSent = parameters.withPointers { pointers in
            functions.send_query_params(
                pointer, text, Int32(values.count), types, pointers, parameters.lengths, parameters.formats, 1)
        }
        if isSent != 1 { throw PostgresError(.connectionLost, errorText) }
    }

    /// Sends one or several statements without values. Their rows come in the text format.
    func send(script: String) throws(PostgresError) {
        if functions.send_query(pointer, script) != 1 { throw PostgresError(.connectionLost, errorText) }
    }

    func sendPrepare(_ name: String, _ text: String, types: [UInt32]) throws(PostgresError) {
        guard functions.send_prepare(pointer, name, text, Int32(types.count), types) == 1 else {
            throw PostgresError(.connectionLost, errorText)
        }
    }

    func send(prepared name: String, values: [[UInt8]?]) throws(PostgresError) {
        let parameters = Parameters(values)
        let isSent = parameters.withPointers { pointers in
            functions.send_query_prepared(
                pointer, name, Int32(values.count), pointers, parameters.lengths, parameters.formats, 1)
        }
        if isSent != 1 { throw PostgresError(.connectionLost, errorText) }
    }

    /// Writes and reads without waiting.
    func progress() throws(PostgresError) -> Progress {
        let unsent = functions.flush(pointer)
        if functions.is_busy(pointer) == 0 { return .result(takeResult()) }
        guard functions.consume_input(pointer) == 1 else {
            // Without a socket the call cannot wait. The server's last words say more than the end of the connection.
            if socket < 0, let result = takeResult() { return .result(result) }
            throw PostgresError(.connectionLost, errorText)
        }
        if functions.is_busy(pointer) == 0 { return .result(takeResult()) }
        return .waiting(unsent == 1 ? POLLIN | POLLOUT : POLLIN)
    }

    /// The next result of the statement that was sent; nil at its end.
    func nextResult(by deadline: ContinuousClock.Instant) throws(PostgresError) -> PostgresResult? {
        while true {
            switch try progress() {
            case .result(let result): return result
            case .waiting(let events):
                var wait = [pollfd(fd: socket, events: Int16(events), revents: 0)]
                let look = isGivenUp == nil ? deadline : min(deadline, .now + Self.lookInterval)
                guard !PostgresWait.poll(&wait, by: look) else { continue }
                if deadline <= .now || isGivenUp?() == true { throw PostgresError(.timedOut) }
            }
        }
    }

    private func takeResult() -> PostgresResult? {
        functions.get_result(pointer).map { PostgresResult($0, functions) }
    }

    /// Reads without waiting, and returns the notifications.
    func takeNotifications() throws(PostgresError) -> [PostgresNotification] {
        let isOpen = functions.consume_input(pointer) == 1
        var taken: [PostgresNotification] = []
        while let notification = functions.notifies(pointer) {
            defer { functions.free_memory(notification) }
            taken.append(PostgresNotification(notification.pointee))
        }
        // The caller takes these before the end is reported.
        if !isOpen, taken.isEmpty { throw PostgresError(.connectionLost, errorText) }
        return taken
    }
}

/// The messages of one connection. libpq calls the receiver in the calls of its only user.
private final class NoticeInbox {
    var functions: cpostgres_functions?
    var notices: [PostgresNotice] = []

    func add(_ result: OpaquePointer) {
        guard let functions else { return }
        let view = PostgresFields(result, functions)
        let severity = view.severity.flatMap(PostgresNotice.Severity.init) ?? .warning
        notices.append(PostgresNotice(severity: severity, sqlState: view.sqlState, text: view.text))
    }
}

extension PostgresNotification {
    fileprivate init(_ notification: cpostgres_notification) {
        channel = notification.channel.map { String(cString: $0) } ?? ""
        payload = notification.payload.map { String(cString: $0) } ?? ""
        processID = Int(notification.process_id)
    }
}

/// Texts for C, with a null pointer at the end.
private final class CTexts {
    private let texts: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) {
        self.texts = texts.map { strdup($0) }
    }

    var pointers: [UnsafePointer<CChar>?] { texts.map { $0.map { UnsafePointer($0) } } + [nil] }

    deinit {
        for text in texts { free(text) }
    }
}

/// The values of a statement in one piece of memory, as libpq takes them.
private struct Parameters {
    let lengths: [Int32]
    /// 1 is binary.
    let formats: [Int32]
    private let values: [[UInt8]?]

    init(_ values: [[UInt8]?]) {
        self.values = values
        lengths = values.map { Int32($0?.count ?? 0) }
        formats = values.map { _ in 1 }
    }

    func withPointers<Result>(_ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
        // One byte more: an empty value has an address too, because a null pointer is null.
        let memory = values.reduce(into: []) { $0 += $1 ?? [] } + [0]
        return memory.withUnsafeBytes { bytes in
            var offset = 0
            let pointers = values.map { value -> UnsafePointer<CChar>? in
                guard let value else { return nil }
                defer { offset += value.count }
                return bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
            }
            return body(pointers)
        }
    }
}
