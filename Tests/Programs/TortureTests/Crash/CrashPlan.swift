import TestKit

/// How one life of the uploader goes, and ends.
struct CrashPlan {
    enum Kill {
        /// In front of or behind a change of the outbox's files, by the shim: every commit point, one after the other.
        case change(OutboxShim.Side, Int)
        /// Once the straps have measured so often: wherever the uploader is by then.
        case measurements(Int)
        /// When so many requests more have come: while they are under way.
        case requests(Int)
    }

    /// The changes that are swept: a start of the outbox and some ten readings with their cursors.
    private static let sweptChanges = 125
    /// A life that is not over by then ends here. The shim may have asked for more changes than came.
    static let mostMeasurements = 120

    let kill: Kill
    /// Whether there is a server at all: without one connections are refused.
    let hasServer: Bool
    let serverFails: Bool

    /// The plan of one of `count` lives, numbered from 0.
    init(life: Int, of count: Int, _ random: inout some RandomNumberGenerator) {
        if life.isMultiple(of: 2) {
            let swept = max(1, (count + 1) / 2)
            let step = life / 2
            // Each change is met from both sides, where there are lives enough.
            let change = 1 + step * Self.sweptChanges / swept
            kill = .change(step.isMultiple(of: 2) ? .before : .after, change)
        } else if Bool.random(using: &random) {
            kill = .measurements(Int.random(in: 1...40, using: &random))
        } else {
            kill = .requests(Int.random(in: 1...30, using: &random))
        }
        // Where requests end a life they have to come.
        if case .requests = kill { hasServer = true } else { hasServer = Int.random(in: 0..<8, using: &random) > 0 }
        serverFails = Int.random(in: 0..<4, using: &random) > 0
    }
}
