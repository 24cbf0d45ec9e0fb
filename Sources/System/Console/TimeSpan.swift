import ArgumentParser

/// A length of time on a command line: `90s`, `15m`, `12h`, `30d`.
package struct TimeSpan: ExpressibleByArgument, Equatable {
    package let duration: Duration

    /// A hundred years: a longer time is a typing error.
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

    package init(text: String) throws {
        guard let span = TimeSpan(argument: text) else {
            throw ValidationError("a length of time is a number with s, m, h or d, for instance 30d")
        }
        self = span
    }

    package var defaultValueDescription: String { "\(duration.components.seconds)s" }

    package static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(duration: .seconds(count)) }
}
