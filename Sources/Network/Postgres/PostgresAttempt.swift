import Glibc

/// The way to one server: connect, then ask whether it takes writes.
struct PostgresAttempt {
    private enum Phase {
        case connecting
        case asking
        case ended
    }

    enum Outcome {
        /// For these events of ``socket``.
        case waiting(Int32)
        case accepted(PostgresConnection)
        case refused(PostgresError)
    }

    private let handle: PostgresHandle
    private let isSingleCopy: Bool
    private var phase = Phase.connecting
    private var answer: PostgresRows?
    /// Why the server is refused, while it is being woken.
    private var refusal: PostgresError?

    init(
        _ library: PostgresLibrary, settings: [(name: String, value: String)], isSingleCopy: Bool
    ) throws(PostgresError) {
        self.isSingleCopy = isSingleCopy
        handle = try PostgresHandle(library, settings: settings)
    }

    var socket: Int32 { handle.socket }

    /// Goes on when ``socket`` is ready.
    mutating func proceed() -> Outcome {
        do throws(PostgresError) {
            switch phase {
            case .connecting:
                if let events = try handle.connect() { return .waiting(events) }
                try handle.send(PostgresServerState.question, types: [], values: [])
                phase = .asking
                return try ask()
            case .asking: return try ask()
            case .ended: return .refused(PostgresError(.closed))
            }
        } catch {
            phase = .ended
            return .refused(error)
        }
    }

    private mutating func ask() throws(PostgresError) -> Outcome {
        while true {
            switch try handle.progress() {
            case .waiting(let events): return .waiting(events)
            case .result(let result?):
                guard refusal == nil else { continue }
                if let error = result.error { throw error }
                answer = try result.rows([])
            case .result(nil):
                if let refusal { throw refusal }
                guard let answer else { throw PostgresError(.connectionLost, handle.errorText) }
                let server = try PostgresServerState(answer)
                guard let problem = server.problem(isSingleCopy: isSingleCopy) else {
                    phase = .ended
                    return .accepted(PostgresConnection(handle, server))
                }
                guard server.awaitsFollower else { throw problem }
                refusal = problem
                try handle.send(PostgresServerState.waking, types: [], values: [])
            }
        }
    }
}
