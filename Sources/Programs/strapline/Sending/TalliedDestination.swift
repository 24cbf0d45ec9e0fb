import Delivery
import Outbox

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
        // The program ends now, and tells why: the lane, which would wait for a better token, need not tell it too.
        if case .notAuthorised = outcome { try? await Task.sleep(for: Self.patience) }
        return outcome
    }
}
