import TestKit

/// The course and the end of one life of the uploader.
struct CrashPlan {
    enum Kill {
        /// The shim kills it before or after a change of the outbox's files: at every commit point in turn.
        case change(OutboxShim.Side, Int)
        /// Kills it after this number of measurements, wherever the uploader is then.
        case measurements(Int)
        /// Kills it after this number of further requests, while they are in flight.
        case requests(Int)
    }

    /// The number of changes in the sweep: a start of the outbox and some ten readings with their cursors.
    private static let sweptChanges = 125
    /// The longest life. The shim may wait for more changes than happen.
    static let mostMeasurements = 120

    let kill: Kill
    /// Whether the server runs. Without it, connections are refused.
    let hasServer: Bool
    let serverFails: Bool

    /// The plan of one of `count` lives, numbered from 0.
    init(life: Int, of count: Int, _ random: inout some RandomNumberGenerator) {
        if life.isMultiple(of: 2) {
            let swept = max(1, (count + 1) / 2)
            let step = life / 2
            // With enough lives, each change is met from both sides.
            let change = 1 + step * Self.sweptChanges / swept
            kill = .change(step.isMultiple(of: 2) ? .before : .after, change)
        } else if Bool.random(using: &random) {
            kill = .measurements(Int.random(in: 1...40, using: &random))
        } else {
            kill = .requests(Int.random(in: 1...30, using: &random))
        }
        // A life that requests end needs a server.
        if case .requests = kill { hasServer = true } else { hasServer = Int.random(in: 0..<8, using: &random) > 0 }
        serverFails = Int.random(in: 0..<4, using: &random) > 0
    }
}
