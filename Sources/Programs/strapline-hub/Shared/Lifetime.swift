import ArgumentParser

/// A length of time: `90s`, `15m`, `12h`, `30d`.
struct Lifetime {
    let duration: Duration

    init(_ text: String) throws {
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard let unit = text.last.flatMap({ seconds[$0] }), let count = Int64(text.dropLast()), count > 0,
            count <= Self.longestSeconds / unit
        else { throw ValidationError("a length of time is a number with s, m, h or d, for example 30d") }
        duration = .seconds(count * unit)
    }

    /// A hundred years: a longer time is a typing error.
    private static let longestSeconds: Int64 = 100 * 365 * 86400
}
