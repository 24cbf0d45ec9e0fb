import ArgumentParser
import Destinations
package import Outbox
package import Tokens
package import UploaderConfiguration
package import WebClient

/// What `strapline verify` looks at: which lanes of the configuration, and where the service shows their readings.
package struct VerificationPlan {
    package enum View: Sendable, Equatable {
        case room(String)
        case realTime
        /// Asks for the latest reading, so often.
        case latest(every: Duration)
    }

    /// One view with one token, and the lanes whose readings it shows.
    package struct Source: Sendable {
        let view: View
        package let address: ServiceAddress
        package let token: TokenSource
        var targets: [Target]
    }

    /// A lane, and the token that it is uploaded with.
    struct Target: Sendable {
        let lane: Lane
        let token: TokenSource
    }

    private struct PlannedTarget {
        let lane: Lane
        let address: ServiceAddress
        let token: TokenSource
    }

    package let sources: [Source]

    /// Throws a `ValidationError` that says what to choose.
    package init(_ plan: UploadPlan, selection: LaneSelection, view: View, token: TokenSource?) throws {
        let targets = try plan.targets.filter { target in
            target.service.kind.showsReadings
                && (selection.strap ?? target.lane.strap) == target.lane.strap
                && (selection.destination ?? target.lane.destination) == target.lane.destination
        }.map { target in
            PlannedTarget(
                lane: target.lane, address: try target.settings.requiredAddress(),
                token: try target.settings.requiredToken())
        }
        guard let first = targets.first else {
            let lanes = plan.lanes.map(\.description).joined(separator: ", ")
            let services = DestinationKinds.all.filter(\.showsReadings).map(\.name).joined(separator: " or ")
            throw ValidationError(
                lanes.isEmpty
                    ? "The configuration has no `destinations`: there is nothing to verify."
                    : "No such destination of the service \(services) is in the configuration: \(lanes).")
        }
        func source(_ token: TokenSource, _ targets: [PlannedTarget]) -> Source {
            Source(
                view: view, address: targets[0].address, token: token,
                targets: targets.map { Target(lane: $0.lane, token: $0.token) })
        }
        if token == nil, case .room = view {
        } else if token == nil {
            sources = Self.grouped(targets).map { source($0[0].token, $0) }
            return
        }
        if let other = targets.first(where: { $0.address != first.address }) {
            throw ValidationError(
                "The destinations are at \(first.address) and \(other.address): use --strap or --destination."
            )
        }
        sources = [source(token ?? first.token, targets)]
    }

    /// Those of one user at one service together.
    private static func grouped(_ targets: [PlannedTarget]) -> [[PlannedTarget]] {
        var groups: [[PlannedTarget]] = []
        for target in targets {
            let place = groups.firstIndex { $0[0].address == target.address && $0[0].token == target.token }
            if let place { groups[place].append(target) } else { groups.append([target]) }
        }
        return groups
    }
}
