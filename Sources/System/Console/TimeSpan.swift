import ArgumentParser

/// A length of time as people write it, and as `strapline-hub` takes it: `90s`, `15m`, `12h`, `30d`.
package struct TimeSpan: ExpressibleByArgument, Equatable {
    package let duration: Duration

    /// Longer is a slip of the keyboard: a hundred years.
    private static let longestSeconds: Int64 = 100 * 365 * 86_400

    package init(duration: Duration) {
        self.duration = duration
    }

    package init?(argument: String) {
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ seconds[$0] }), let count = Int64(argument.dropLast()), count > 0,
            count <= Self.longestSeconds / unit
        else { return nil }
        duration = .seconds(count * unit)
    }

    package var defaultValueDescription: String { "\(duration.components.seconds)s" }

    package static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(duration: .seconds(count)) }
}
