import Delivery
import HeartRate
import Outbox
import ServiceLifecycle

/// Counts the accepted readings as the services answer.
actor SendingTally {
    private(set) var accepted: [Lane: Int] = [:]
    /// Readings that were put into the outbox, by strap.
    private(set) var queued: [String: Int] = [:]
    /// Why a token was not taken, as soon as one is not.
    nonisolated let rejections: AsyncStream<String>
    private let rejection: AsyncStream<String>.Continuation
    private let show: @Sendable (Reading) -> Void

    /// `show` is called for each accepted reading.
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
        case .pause(let reason): rejection.yield(reason)
        case .tryLater, .refused: break
        }
    }
}

/// Ends the run if a token is rejected: it cannot be replaced during the run.
package struct TokenRejectionMonitor: Service {
    package struct Rejected: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    let tally: SendingTally

    package func run() async throws {
        for await reason in tally.rejections.cancelOnGracefulShutdown() { throw Rejected(description: reason) }
    }
}

/// A destination whose answers are counted.
struct TalliedDestination: Destination {
    private static let patience: Duration = .seconds(60)

    let base: any Destination
    let strap: String
    let tally: SendingTally

    var name: String { base.name }
    var limits: DestinationLimits { base.limits }

    func deliver(_ readings: [Reading]) async -> DeliveryOutcome {
        let outcome = await base.deliver(readings)
        await tally.note(outcome, of: readings, in: Lane(strap: strap, destination: name))
        // The program ends now and reports the reason: the lane, which would wait for a better token, need not.
        if case .pause = outcome { try? await Task.sleep(for: Self.patience) }
        return outcome
    }
}
