import CMosquitto
import Synchronization

/// What libmosquitto reports in its callbacks, until its user takes it.
///
/// A callback must not call the library again in the way that its user does, so that nothing else happens in it.
final class MosquittoInbox: Sendable {
    enum Event: Sendable {
        /// The answer to CONNECT; 0 accepts it.
        case connectAnswer(Int32)
        /// The end of the connection, with a code of the library.
        case disconnected(Int32)
        case published(Int32)
        case message(ReceivedMessage)
    }

    private struct State {
        var events: [Event] = []
        var lastError = ""
    }

    /// A longer message is not one that the program understands.
    private static let mostBytes = 64 * 1024
    private static let mostEvents = 1000

    private let state = Mutex(State())

    /// The events since the last call, in order.
    func takeEvents() -> [Event] {
        state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    /// The last error that the library has logged: OpenSSL's words, for example.
    var lastError: String { state.withLock(\.lastError) }

    fileprivate func add(_ event: Event) {
        state.withLock { if $0.events.count < Self.mostEvents { $0.events.append(event) } }
    }

    fileprivate func add(_ message: cmosquitto_message) {
        guard let topic = message.topic, message.payloadlen <= Self.mostBytes else { return }
        let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
        add(
            .message(
                ReceivedMessage(
                    topic: String(cString: topic),
                    payload: message.payload == nil ? "" : String(decoding: payload, as: UTF8.self))))
    }

    fileprivate func note(error: String) {
        state.withLock { $0.lastError = error }
    }

    /// Has the library report here. The inbox must outlive the client.
    func follow(_ client: OpaquePointer, _ functions: cmosquitto_functions) {
        functions.connect_callback_set(client) { _, context, code in
            MosquittoInbox.from(context)?.add(.connectAnswer(code))
        }
        functions.disconnect_callback_set(client) { _, context, code in
            MosquittoInbox.from(context)?.add(.disconnected(code))
        }
        functions.publish_callback_set(client) { _, context, id in
            MosquittoInbox.from(context)?.add(.published(id))
        }
        functions.message_callback_set(client) { _, context, message in
            if let message = message?.pointee { MosquittoInbox.from(context)?.add(message) }
        }
        functions.log_callback_set(client) { _, context, level, text in
            guard level & Int32(CMOSQUITTO_LOG_ERROR) != 0, let text else { return }
            MosquittoInbox.from(context)?.note(error: String(cString: text))
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MosquittoInbox? {
        context.map { Unmanaged<MosquittoInbox>.fromOpaque($0).takeUnretainedValue() }
    }
}
