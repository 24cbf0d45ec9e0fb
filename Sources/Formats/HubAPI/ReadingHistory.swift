/// The answer of `GET /api/hub/v1/readings`: a user's heart rate over a time, in points of equal length. A time without
/// a reading has no point.
package struct ReadingHistory: Sendable, Codable, Equatable {
    /// Readings of one length of time.
    package struct Point: Sendable, Codable, Equatable {
        /// When the point begins: a multiple of the resolution since the Unix epoch, in milliseconds.
        package let atMilliseconds: Int64
        package let minimumBPM: Int
        package let averageBPM: Double
        package let maximumBPM: Int
        /// How many readings the point stands for.
        package let count: Int

        package init(atMilliseconds: Int64, minimumBPM: Int, averageBPM: Double, maximumBPM: Int, count: Int) {
            self.atMilliseconds = atMilliseconds
            self.minimumBPM = minimumBPM
            self.averageBPM = averageBPM
            self.maximumBPM = maximumBPM
            self.count = count
        }

        private enum CodingKeys: String, CodingKey {
            case atMilliseconds = "at"
            case minimumBPM = "minimum_bpm"
            case averageBPM = "average_bpm"
            case maximumBPM = "maximum_bpm"
            case count
        }
    }

    /// The path of the call.
    package static let path = "/api/hub/v1/readings"

    package let profileID: String
    /// The requested time, or the part of it that the token may see.
    package let fromMilliseconds: Int64
    package let toMilliseconds: Int64
    package let resolutionSeconds: Int64
    package let points: [Point]

    package init(
        profileID: String, fromMilliseconds: Int64, toMilliseconds: Int64, resolutionSeconds: Int64, points: [Point]
    ) {
        self.profileID = profileID
        self.fromMilliseconds = fromMilliseconds
        self.toMilliseconds = toMilliseconds
        self.resolutionSeconds = resolutionSeconds
        self.points = points
    }

    private enum CodingKeys: String, CodingKey {
        case profileID = "profile_id"
        case fromMilliseconds = "from"
        case toMilliseconds = "to"
        case resolutionSeconds = "resolution"
        case points
    }

    /// Of all readings. The hub computes these; a client does not need them.
    private enum SummaryKeys: String, CodingKey {
        case minimumBPM = "minimum_bpm"
        case averageBPM = "average_bpm"
        case maximumBPM = "maximum_bpm"
        case count
    }

    /// Adds minimum, average and maximum of all readings. They are null where there are no readings.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(profileID, forKey: .profileID)
        try container.encode(fromMilliseconds, forKey: .fromMilliseconds)
        try container.encode(toMilliseconds, forKey: .toMilliseconds)
        try container.encode(resolutionSeconds, forKey: .resolutionSeconds)
        try container.encode(points, forKey: .points)
        let count = points.reduce(0) { $0 + $1.count }
        let sum = points.reduce(0) { $0 + $1.averageBPM * Double($1.count) }
        var summary = encoder.container(keyedBy: SummaryKeys.self)
        try summary.encode(points.map(\.minimumBPM).min(), forKey: .minimumBPM)
        try summary.encode(count == 0 ? nil : sum / Double(count), forKey: .averageBPM)
        try summary.encode(points.map(\.maximumBPM).max(), forKey: .maximumBPM)
        try summary.encode(count, forKey: .count)
    }
}
