import Postgres
import Synchronization

/// Connections that read beside the writer. Each is made when it is first needed.
final class PostgresPool: Sendable {
    private struct State {
        var free: [PostgresLink]
        var waiting: [CheckedContinuation<PostgresLink, Never>] = []
    }

    // The lock guards the two lists. No work is done under it.
    private let state: Mutex<State>

    init(_ links: [PostgresLink]) {
        // The last is taken first, so that a quiet hub uses one.
        state = Mutex(State(free: links))
    }

    func run<Value: Sendable>(_ body: @Sendable (PostgresConnection) throws -> Value) async throws -> Value {
        let link = await take()
        defer { giveBack(link) }
        return try await link.run(body)
    }

    private func take() async -> PostgresLink {
        await withCheckedContinuation { continuation in
            let link = state.withLock { state in
                let link = state.free.popLast()
                if link == nil { state.waiting.append(continuation) }
                return link
            }
            if let link { continuation.resume(returning: link) }
        }
    }

    private func giveBack(_ link: PostgresLink) {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.free.append(link)
                return nil as CheckedContinuation<PostgresLink, Never>?
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: link)
    }
}
