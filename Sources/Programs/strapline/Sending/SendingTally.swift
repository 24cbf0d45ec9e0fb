import Delivery
import Outbox

/// Counts what services have accepted, as they answer.
actor SendingTally {
    private(set) var accepted: [Lane: Int] = [:]
    /// Readings that were put into the outbox, by strap.
    private(set) var queued: [String: Int] = [:]
    /// Why a token was not taken, as soon as one is not.
    nonisolated let rejections: AsyncStream<String>
    private let rejection: AsyncStream<String>.Continuation
    private let show: @Sendable (Reading) -> Void

    /// `show` is told of each reading that was accepted.
    init(show: @escaping @Sendable (Reading) -> Void) {
        self.show = show
        (rejections, rejection) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func noteQueued(_ count: Int, of strap: String) { queued[strap, default: 0] += count }

    func note(_ outcome: DeliveryOutcome, of readings: [Reading], in lane: Lane) {
        switch outcome {
        case .accepted:
            accepted[lane, default: 0] += readings.count
            readings.forEach(show)
        case .notAuthorised(let reason): rejection.yield(reason)
        case .tryLater, .refused: break
        }
    }
}
