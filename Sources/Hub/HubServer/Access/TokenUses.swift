import HubStore
import Synchronization

/// When each token was used last, until the database has it. A write for each request would wear an SD card.
final class TokenUses: Sendable {
    private let uses = Mutex<[TokenHash: Int64]>([:])

    /// `now` is in milliseconds since the Unix epoch.
    func note(_ token: TokenHash, at now: Int64) {
        uses.withLock { $0[token] = now }
    }

    /// The uses since the last call.
    func take() -> [TokenHash: Int64] {
        uses.withLock { uses in
            defer { uses = [:] }
            return uses
        }
    }
}
