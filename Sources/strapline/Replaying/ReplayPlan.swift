import ArgumentParser
import Cardiogram
import Delivery
import HeartRate
import Outbox
import Pulsoid
import WebClient

/// Which readings of a file go where.
struct ReplayPlan {
    let readings: [RecordedReading]
    let targets: [SendingTarget]
    /// Readings that are no heart rate: they are not sent, as the uploader does not send them.
    let omitted: Int

    /// How many there are of each strap.
    var totals: [String: Int] { Dictionary(readings.map { ($0.strap, 1) }, uniquingKeysWith: +) }

    /// Sends the readings of one strap to one user of Pulsoid's.
    init(_ recorded: [RecordedReading], strap: String?, to destination: PulsoidDestination) throws {
        let chosen = try Self.choose(recorded, strap: strap)
        let straps = Set(chosen.map(\.strap)).sorted()
        guard let only = straps.first, straps.count == 1 else {
            throw ValidationError(
                "The file has readings of \(straps.joined(separator: ", ")), and there is one token: choose with --strap, or "
                    + "give a --config that names them all.")
        }
        self.init(
            chosen,
            targets: [
                SendingTarget(
                    lane: Lane(strap: only, destination: destination.name), destination: destination,
                    pacer: destination.limits.requestsPerSecond.map { Pacer(requestsPerSecond: $0) })
            ])
    }

    /// Sends the readings of each strap where the configuration sends them.
    init(
        _ recorded: [RecordedReading], selection: LaneSelection, plan: UploadPlan, client: WebClient,
        tokens: (TokenSource) -> TokenKeeper
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
                "The configuration has no such destination of \(homeless.joined(separator: ", ")): choose with --strap and "
                    + "--destination.")
        }
        var keepers: [TokenSource: TokenKeeper] = [:]
        var pacers: [String: Pacer] = [:]
        self.init(
            chosen,
            targets: try targets.map { target in
                let keeper = keepers[target.token] ?? tokens(target.token)
                keepers[target.token] = keeper
                let destination = try target.destination(keeper, client: client)
                let key = "\(target.address) \(target.token)"
                let pacer = pacers[key] ?? destination.limits.requestsPerSecond.map { Pacer(requestsPerSecond: $0) }
                pacers[key] = pacer
                return SendingTarget(lane: target.lane, destination: destination, pacer: pacer)
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

extension UploadPlan.Target {
    /// Cardiogram gets batches that have waited so long; nobody waits longer for the last.
    private static let linger: Duration = .seconds(5)

    fileprivate func destination(_ tokens: TokenKeeper, client: WebClient) throws -> any Destination {
        switch service {
        case .pulsoid(let requestsPerSecond):
            try PulsoidDestination(
                name: lane.destination, service: address, tokens: tokens, client: client,
                requestsPerSecond: requestsPerSecond)
        case .cardiogram(let userID, let batchBeats, let linger):
            try CardiogramDestination(
                name: lane.destination, service: address, userID: userID, token: token, client: client,
                beatsPerRequest: batchBeats, linger: min(linger, Self.linger))
        }
    }
}
