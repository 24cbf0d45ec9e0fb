import ArgumentParser
import Delivery
import HeartRate
package import Outbox
package import Pulsoid
package import Uploader
package import UploaderConfiguration
import WebClient

/// Which readings of a file go where.
package struct ReplayPlan {
    package let readings: [RecordedReading]
    package let targets: [SendingTarget]
    /// Readings that are no heart rate: they are not sent, as the uploader does not send them.
    package let omitted: Int

    /// How many there are of each strap.
    package var totals: [String: Int] { Dictionary(readings.map { ($0.strap, 1) }, uniquingKeysWith: +) }

    /// How many readings are sent: each counts for each of its destinations.
    package var count: Int {
        let totals = totals
        return targets.reduce(0) { $0 + (totals[$1.lane.strap] ?? 0) }
    }

    /// Sends the readings of one strap to one user of Pulsoid's.
    package init(_ recorded: [RecordedReading], strap: String?, to destination: PulsoidDestination) throws {
        let chosen = try Self.choose(recorded, strap: strap)
        let straps = Set(chosen.map(\.strap)).sorted()
        guard let only = straps.first, straps.count == 1 else {
            throw ValidationError(
                "The file has readings of \(straps.joined(separator: ", ")), but there is one token: use --strap, or "
                    + "give a --config that names them all.")
        }
        self.init(
            chosen,
            targets: [
                SendingTarget(
                    lane: Lane(strap: only, destination: destination.name), destination: destination,
                    rateLimiter: destination.limits.requestsPerSecond.map { RateLimiter(requestsPerSecond: $0) })
            ])
    }

    /// Sends the readings of each strap where the configuration sends them.
    package init(
        _ recorded: [RecordedReading], selection: LaneSelection, plan: UploadPlan, factory: inout DeliveryFactory
    ) throws {
        let chosen = try Self.choose(recorded, strap: selection.strap)
        let straps = Set(chosen.map(\.strap))
        let targets = plan.targets.filter { target in
            straps.contains(target.lane.strap)
                && (selection.destination ?? target.lane.destination) == target.lane.destination
        }
        let homeless = straps.subtracting(targets.map(\.lane.strap)).sorted()
        if !homeless.isEmpty {
            throw ValidationError(
                "The configuration has no such destination of \(homeless.joined(separator: ", ")): use --strap and "
                    + "--destination.")
        }
        self.init(
            chosen,
            targets: try targets.map { target in
                let destination = ShortLinger(try factory.destination(target))
                return SendingTarget(
                    lane: target.lane, destination: destination,
                    rateLimiter: destination.limits.requestsPerSecond.map { factory.rateLimiter(for: target, $0) })
            })
    }

    private init(_ chosen: [RecordedReading], targets: [SendingTarget]) {
        readings = chosen.filter(\.measurement.isHeartRate)
        omitted = chosen.count - readings.count
        self.targets = targets
    }

    private static func choose(_ recorded: [RecordedReading], strap: String?) throws -> [RecordedReading] {
        let chosen = recorded.filter { (strap ?? $0.strap) == $0.strap }
        guard chosen.isEmpty else { return chosen }
        let straps = Set(recorded.map(\.strap)).sorted().joined(separator: ", ")
        throw ValidationError(
            recorded.isEmpty ? "The file has no readings." : "The file has no such strap; there is: \(straps).")
    }
}

/// A destination whose batches wait a short time only: the last batch of a replay is waited for.
private struct ShortLinger: Destination {
    private static let longestLinger: Duration = .seconds(5)

    let base: any Destination
    let limits: DestinationLimits

    var name: String { base.name }

    init(_ base: any Destination) {
        self.base = base
        var limits = base.limits
        limits.linger = min(limits.linger, Self.longestLinger)
        self.limits = limits
    }

    func deliver(_ readings: [Reading]) async -> DeliveryOutcome { await base.deliver(readings) }
}
