import Outbox

/// What became of everything that was to be sent.
struct SendingResult: Sendable, Equatable {
    struct LaneResult: Sendable, Equatable {
        /// Readings that the service has accepted: each once, however often it was sent.
        var accepted = 0
        /// Readings that it refused for good.
        var refused = 0
        /// Readings that it had no time for.
        var unsent = 0
    }

    var lanes: [Lane: LaneResult] = [:]
    /// Some of the refusals, in the service's words.
    var reasons: [String] = []

    var accepted: Int { lanes.values.reduce(0) { $0 + $1.accepted } }
    var refused: Int { lanes.values.reduce(0) { $0 + $1.refused } }
    var unsent: Int { lanes.values.reduce(0) { $0 + $1.unsent } }
}
