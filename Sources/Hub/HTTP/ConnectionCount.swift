import NIOCore
import Synchronization

/// How many connections are open, counted on all event loops.
final class ConnectionCount: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func opened(until closed: EventLoopFuture<Void>) {
        count.add(1, ordering: .relaxed)
        closed.whenComplete { _ in self.count.subtract(1, ordering: .relaxed) }
    }
}
