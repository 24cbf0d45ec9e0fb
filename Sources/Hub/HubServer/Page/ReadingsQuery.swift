import HTTPTypes

/// What `GET /api/hub/v1/readings` is asked for: `?profile_id=…&from=…&to=…&resolution=…`, all of it optional.
struct ReadingsQuery: Sendable, Hashable {
    /// How far back an answer goes when the query does not say.
    private static let usualMilliseconds: Int64 = 60 * 60 * 1000
    /// Points of an answer when the query does not say.
    private static let usualPoints: Int64 = 300

    /// Whose; nil for the token's own user.
    let profileID: String?
    /// The first moment, in milliseconds since the Unix epoch.
    let fromMilliseconds: Int64
    /// The first moment that is not asked for any more.
    let toMilliseconds: Int64
    /// Readings of so long become one point.
    let resolutionSeconds: Int64

    /// - Throws: 400 for what is not a whole number, or more than one answer holds.
    init(_ target: RequestTarget, limits: HubLimits, now: Int64) throws(Failure) {
        profileID = target.query("profile_id")
        // The hub's clock may be behind a writer's: to the end of what is believed of it, not to now.
        let to = try Self.number("to", target) ?? (now + limits.futureMilliseconds)
        let from = try Self.number("from", target) ?? max(0, min(to, now) - Self.usualMilliseconds)
        guard from < to, to - from <= limits.historySeconds * 1000 + limits.futureMilliseconds else {
            throw Failure(.badRequest, "from must be before to, and at most \(limits.historySeconds) seconds before")
        }
        let most = (to - from + 999) / 1000
        let resolution =
            try Self.number("resolution", target) ?? (most + Self.usualPoints - 1) / Self.usualPoints
        guard (1...limits.historySeconds).contains(resolution), most / resolution <= limits.historyPoints else {
            throw Failure(
                .badRequest, "resolution is in seconds; one answer has at most \(limits.historyPoints) points")
        }
        (fromMilliseconds, toMilliseconds, resolutionSeconds) = (from, to, resolution)
    }

    /// A whole number that is a moment or a time: up to the year 10000 in milliseconds, so that sums of it fit.
    private static func number(_ name: String, _ target: RequestTarget) throws(Failure) -> Int64? {
        guard let text = target.query(name) else { return nil }
        guard let number = Int64(text), (0...253_402_300_800_000).contains(number) else {
            throw Failure(.badRequest, "\(name) must be a whole number")
        }
        return number
    }
}
