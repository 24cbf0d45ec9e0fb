import CMosquitto
import Glibc
import Synchronization
import TextFormats
import Tokens

/// One connection of libmosquitto. Calls wait for each other; only ``connect()`` takes long.
final class MosquittoClient: Sendable {
    private struct State {
        let functions: cmosquitto_functions
        let client: OpaquePointer
    }

    let inbox = MosquittoInbox()
    private let options: MQTTOptions
    private let state: Mutex<State>

    /// Sets everything before a connection: will, login and certificates.
    init(_ library: MosquittoLibrary, _ options: MQTTOptions) throws(MQTTFailure) {
        self.options = options
        let functions = library.functions
        let context = Unmanaged.passUnretained(inbox).toOpaque()
        guard let client = functions.create(options.clientID, true, context) else {
            throw MQTTFailure(.other, "no client \(options.clientID)")
        }
        inbox.follow(client, functions)
        state = Mutex(State(functions: functions, client: client))
        try prepare()
    }

    deinit {
        state.withLock { $0.functions.destroy($0.client) }
    }

    private func prepare() throws(MQTTFailure) {
        let login = options.login
        var password: String?
        if let file = login?.password {
            do throws(SecretFile.Problem) {
                password = try file.read()
            } catch {
                throw MQTTFailure(.configuration, error.description)
            }
        }
        let (secret, options) = (password, options)
        let code = state.withLock { state -> Int32 in
            let (functions, client) = (state.functions, state.client)
            if let will = options.will {
                let code = functions.will_set(
                    client, will.topic, Int32(will.payload.utf8.count), will.payload, will.delivery.rawValue,
                    will.isRetained)
                if code != 0 { return code }
            }
            if let login {
                let code = functions.username_pw_set(client, login.user, secret)
                if code != 0 { return code }
            }
            guard options.address.isSecure else { return 0 }
            let code = functions.int_option(client, Int32(CMOSQUITTO_OPTION_SYSTEM_CERTIFICATES), 1)
            guard code == 0, let file = options.certificateFile else { return code }
            return functions.tls_set(client, file, nil, nil, nil, nil)
        }
        if code != 0 {
            let file = options.certificateFile.map { ", certificate file \($0)" } ?? ""
            throw MQTTFailure(.configuration, "MQTT options not accepted: \(words(for: code))\(file)")
        }
    }

    // MARK: Calls

    /// Looks the name up and connects to the first of its addresses that answers. Blocks, for up to some minutes: not
    /// for the event thread. CONNECT is sent then, perhaps after TLS. Returns why there is no connection.
    func connect() -> MQTTFailure? {
        let options = options
        let (code, number) = state.withLock { state in
            let code = state.functions.connect(
                state.client, options.address.host, Int32(options.address.port), options.keepAliveSeconds)
            return (code, errno)
        }
        return code == 0 ? nil : failure(code, number, isAnswered: false)
    }

    /// Returns the id of the message, with which the broker confirms it, if it is not sent at most once.
    func publish(_ message: MQTTMessage) throws(MQTTFailure) -> Int32 {
        let (code, number, id) = state.withLock { state in
            var id: Int32 = 0
            let code = state.functions.publish(
                state.client, &id, message.topic, Int32(message.payload.utf8.count), message.payload,
                message.delivery.rawValue, message.isRetained)
            return (code, errno, id)
        }
        if code != 0 { throw failure(code, number, isAnswered: true) }
        return id
    }

    func subscribe(_ pattern: String) throws(MQTTFailure) {
        let (code, number) = state.withLock { state in
            (state.functions.subscribe(state.client, nil, pattern, MQTTMessage.Delivery.atMostOnce.rawValue), errno)
        }
        if code != 0 { throw failure(code, number, isAnswered: true) }
    }

    /// Sends DISCONNECT: the broker does not publish the will.
    func disconnect() {
        _ = state.withLock { $0.functions.disconnect($0.client) }
    }

    /// Nil without a connection.
    var socket: Int32? {
        let descriptor = state.withLock { $0.functions.socket($0.client) }
        return descriptor >= 0 ? descriptor : nil
    }

    /// Whether bytes wait until the broker reads.
    var hasUnsentBytes: Bool { state.withLock { $0.functions.want_write($0.client) } }

    /// Reads and writes on a ready socket, and sends a sign of life when one is due.
    func transfer(canRead: Bool, canWrite: Bool, isAnswered: Bool) throws(MQTTFailure) {
        let (code, number) = state.withLock { state -> (Int32, Int32) in
            let (functions, client) = (state.functions, state.client)
            var code: Int32 = 0
            errno = 0
            if canRead { code = functions.loop_read(client, 1) }
            if code == 0, canWrite { code = functions.loop_write(client, 1) }
            if code == 0 { code = functions.loop_misc(client) }
            return (code, errno)
        }
        if code != 0 { throw failure(code, number, isAnswered: isAnswered) }
    }

    // MARK: Errors

    /// Translates a code of the library; `isAnswered` when the broker had accepted the connection before.
    func failure(_ code: Int32, _ number: Int32, isAnswered: Bool) -> MQTTFailure {
        let system = String(cString: strerror(number))
        let tlsError = options.address.isSecure ? openSSLWords : nil
        switch Int(code) {
        case CMOSQUITTO_NAME_LOOKUP: return MQTTFailure(.nameNotFound, String(cString: gai_strerror(number)))
        case CMOSQUITTO_TLS, CMOSQUITTO_TLS_HANDSHAKE: return MQTTFailure(.tls, tlsError ?? words(for: code))
        case CMOSQUITTO_ERRNO where number == ECONNREFUSED: return MQTTFailure(.connectionRefused, system)
        case CMOSQUITTO_ERRNO where tlsError != nil: return MQTTFailure(.tls, tlsError ?? "")
        case CMOSQUITTO_ERRNO where isAnswered: return MQTTFailure(.connectionLost, system)
        case CMOSQUITTO_ERRNO where number == ETIMEDOUT: return MQTTFailure(.timedOut, system)
        case CMOSQUITTO_ERRNO where number == ECONNRESET: return MQTTFailure(.closedBeforeAnswer, system)
        case CMOSQUITTO_ERRNO: return MQTTFailure(.unreachable, system)
        case CMOSQUITTO_CONNECTION_LOST, CMOSQUITTO_NO_CONNECTION, CMOSQUITTO_KEEPALIVE:
            if isAnswered {
                let isSilent = Int(code) == CMOSQUITTO_KEEPALIVE
                return MQTTFailure(.connectionLost, isSilent ? "no sign of life" : "")
            }
            return tlsError.map { MQTTFailure(.tls, $0) } ?? MQTTFailure(.closedBeforeAnswer)
        default: return MQTTFailure(.other, words(for: code))
        }
    }

    /// OpenSSL's reason out of `OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed`.
    private var openSSLWords: String? {
        let text = inbox.lastError
        guard text.hasPrefix("OpenSSL Error") else { return text.isEmpty ? nil : text.printable() }
        return text.split(separator: ":").last.map { $0.printable() }
    }

    private func words(for code: Int32) -> String {
        state.withLock { $0.functions.strerror(code).map { String(cString: $0) } ?? "code \(code)" }.printable()
    }
}
