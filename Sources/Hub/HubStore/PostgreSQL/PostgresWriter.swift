import Postgres
import Synchronization

/// Commits clients' writes, all that wait at the same time in one transaction.
///
/// A commit costs a hub and the server much CPU, whatever its size. So a commit of several writes is not followed at
/// once by the next one: writes gather for ``groupInterval``. A single writer never waits. (Benchmarks/README.md)
struct PostgresWriter: Sendable {
    private struct Pending {
        var writes: [WaitingWrite] = []
        /// Whether a task has asked for the turn that will commit them.
        var hasTurn = false
        /// When the next turn may begin; nil for at once.
        var nextTurn: ContinuousClock.Instant?
    }

    /// The writes of one turn.
    private final class Group: Sendable {
        // The locks guard single values between repetitions of a turn. No work is done under them.
        let writes = Mutex<[WaitingWrite]>([])
        let isRepeated = Mutex(false)
    }

    private final class Queue: Sendable {
        // The lock guards the list between the writer's thread and the requests. No work is done under it.
        let pending = Mutex(Pending())
    }

    /// From the beginning of a commit of several writes to the next one.
    private static let groupInterval: Duration = .milliseconds(3)
    /// A commit that took longer may have waited until nothing had to confirm it any more.
    private static let quickCommit: Duration = .milliseconds(3)

    private let link: PostgresLink
    private let isSingleCopy: Bool
    private let cache: DirectoryCache
    private let queue = Queue()

    init(_ link: PostgresLink, isSingleCopy: Bool, _ cache: DirectoryCache) {
        self.link = link
        self.isSingleCopy = isSingleCopy
        self.cache = cache
    }

    /// Keeps a write. The first one that waits asks for a turn, which commits all that wait by then.
    /// - Throws: ``HubStoreError``.
    func commit(_ content: PendingWrite.Content) async throws {
        let write = WaitingWrite(content)
        let turn = queue.pending.withLock { pending in
            pending.writes.append(write)
            defer { pending.hasTurn = true }
            return (isOurs: !pending.hasTurn, begin: pending.nextTurn)
        }
        if turn.isOurs {
            // A cancelled task does not pause: it commits the others' writes too.
            if let begin = turn.begin { try? await Task.sleep(until: begin, tolerance: .zero) }
            await commitPending()
        }
        try await write.outcome()
    }

    /// Commits a message of the write-ahead log, which a standby must have too.
    func check() async throws {
        try await link.run { [isSingleCopy] in try PostgresSafety.confirm($0, isSingleCopy: isSingleCopy) }
    }

    private func commitPending() async {
        let start = ContinuousClock.now
        let group = Group()
        do {
            // Before a connection is made, so that the writes are answered if there is none. A repetition keeps them.
            let takes = { @Sendable in group.writes.withLock { if $0.isEmpty { $0 = takePending() } } }
            var report = try await link.run(after: takes) { [isSingleCopy, cache] connection in
                cache.countTransaction()
                let isRepeated = group.isRepeated.withLock { isRepeated in
                    defer { isRepeated = true }
                    return isRepeated
                }
                let writes = PostgresWrites(group.writes.withLock { $0.map(\.content) })
                let begin = ContinuousClock.now
                let report = try writes.commit(connection, isSingleCopy: isSingleCopy)
                if isRepeated || ContinuousClock.now - begin > Self.quickCommit {
                    try PostgresSafety.requireStandby(connection, isSingleCopy: isSingleCopy)
                }
                return report
            }
            report.seconds = (ContinuousClock.now - start) / .seconds(1)
            cache.committed(report)
            for write in group.writes.withLock({ $0 }) { write.end(.success(())) }
        } catch {
            cache.committed(CommitReport())
            for write in group.writes.withLock({ $0 }) { write.end(.failure(error)) }
        }
    }

    private func takePending() -> [WaitingWrite] {
        queue.pending.withLock { pending in
            let nextTurn = pending.writes.count > 1 ? ContinuousClock.now + Self.groupInterval : nil
            defer { pending = Pending(nextTurn: nextTurn) }
            return pending.writes
        }
    }
}
