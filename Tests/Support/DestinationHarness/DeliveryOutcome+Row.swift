package import Delivery
package import TestKit

extension DeliveryOutcome {
    /// The outcome in the words of the tables in docs/delivery.md.
    package var kind: AnswerRow.Outcome {
        switch self {
        case .accepted: .accepted
        case .tryLater: .later
        case .refused: .refused
        case .pause: .pause
        }
    }

    /// The service's answer and the advice, empty if it accepted.
    package var reason: String {
        switch self {
        case .accepted: ""
        case .tryLater(_, let reason), .refused(let reason), .pause(let reason): reason
        }
    }
}
