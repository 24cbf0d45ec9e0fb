import HTTPTypes

/// The query of `GET /api/hub/v1/readings`: `?profile_id=…&from=…&to=…&resolution=…`, all optional.
struct ReadingsQuery: Sendable, Hashable {
    /// The default length of the time.
    private static let usualMilliseconds: Int64 = 60 * 60 * 1000
    /// The default number of points.
    private static let usualPoints: Int64 = 300

    /// The owner; nil for the token's own user.
    let profileID: String?
    /// The beginning, in milliseconds since the Unix epoch.
    let fromMilliseconds: Int64
    /// The end, not included.
    let toMilliseconds: Int64
    /// The length of one point.
    let resolutionSeconds: Int64

    /// - Throws: 400 for anything but whole numbers, and for a time beyond the limits.
    init(_ target: RequestTarget, limits: HubLimits, now: Int64) throws(HubHTTPError) {
        profileID = target.query("profile_id")
        // The hub's clock may be behind a writer's, so the default end is that of acceptable readings.
        let to = try target.number("to") ?? (now + limits.futureMilliseconds)
        let from = try target.number("from") ?? max(0, min(to, now) - Self.usualMilliseconds)
        guard from < to, to - from <= limits.historySeconds * 1000 + limits.futureMilliseconds else {
            throw HubHTTPError(
                .badRequest, "from must be before to, and at most \(limits.historySeconds) seconds before")
        }
        let most = (to - from + 999) / 1000
        let resolution =
            try target.number("resolution") ?? (most + Self.usualPoints - 1) / Self.usualPoints
        guard (1...limits.historySeconds).contains(resolution), most / resolution <= limits.historyPoints else {
            throw HubHTTPError(
                .badRequest, "resolution is in seconds; one answer has at most \(limits.historyPoints) points")
        }
        (fromMilliseconds, toMilliseconds, resolutionSeconds) = (from, to, resolution)
    }
}
