import Delivery
import Outbox
import TestKit

/// A destination whose every answer a test gives.
struct ScriptedDestination: Destination {
    /// A request that waits for its answer.
    struct Request: Sendable {
        let readings: [Reading]
        fileprivate let answers: AsyncStream<DeliveryOutcome>.Continuation

        var rates: [UInt16?] { readings.map(\.heartRate) }

        func answer(_ outcome: DeliveryOutcome) {
            answers.yield(outcome)
        }
    }

    let name: String
    let limits: DestinationLimits
    /// The requests in the order in which they came.
    let requests: AsyncStream<Request>
    private let count = Watched(0)
    private let newRequests: AsyncStream<Request>.Continuation

    init(name: String = "pulsoid", limits: DestinationLimits) {
        self.name = name
        self.limits = limits
        (requests, newRequests) = AsyncStream.makeStream()
    }

    var requestCount: Int { count.value }

    func deliver(_ readings: [Reading]) async -> DeliveryOutcome {
        count.change { $0 += 1 }
        let (answers, continuation) = AsyncStream.makeStream(of: DeliveryOutcome.self)
        newRequests.yield(Request(readings: readings, answers: continuation))
        for await answer in answers { return answer }
        return .tryLater(after: nil, reason: "cancelled")
    }
}

extension DestinationLimits {
    /// One reading per request, some at once, as Pulsoid takes them.
    static let single = DestinationLimits(readingsPerRequest: 1, requestsInFlight: 3, requestsPerSecond: nil)
    /// Batches of whole seconds, as Cardiogram takes them.
    static let batch = DestinationLimits(
        readingsPerRequest: 5, requestsInFlight: 1, requestsPerSecond: nil, linger: .seconds(30),
        keepTogetherMilliseconds: 1000)
}
