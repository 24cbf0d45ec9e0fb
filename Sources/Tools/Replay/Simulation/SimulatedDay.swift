import ArgumentParser

/// What a simulated person does.
package enum SimulatedDay: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Rests, warms up, runs intervals and cools down, over and over.
    case workout
    case rest
    case walk
    /// Warms up once and then runs evenly.
    case run

    /// So long, at the rate at which it settles.
    struct Phase: Sendable, Equatable {
        let seconds: Double
        let beatsPerMinute: Double
    }

    /// One round; after the last phase comes the first again.
    var phases: [Phase] {
        switch self {
        case .workout:
            let intervals = (1...4).flatMap { _ in
                [Phase(seconds: 60, beatsPerMinute: 172), Phase(seconds: 60, beatsPerMinute: 128)]
            }
            return [Phase(seconds: 60, beatsPerMinute: 62), Phase(seconds: 180, beatsPerMinute: 118)] + intervals
                + [Phase(seconds: 180, beatsPerMinute: 92)]
        case .rest: return [Phase(seconds: 60, beatsPerMinute: 60)]
        case .walk: return [Phase(seconds: 60, beatsPerMinute: 96)]
        case .run: return [Phase(seconds: 60, beatsPerMinute: 150)]
        }
    }
}
