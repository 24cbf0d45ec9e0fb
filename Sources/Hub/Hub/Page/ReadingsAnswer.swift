/// The answer of `GET /api/hub/v1/readings`: a user's heart rate over some time, in points of equal length. A time without
/// a reading has no point.
struct ReadingsAnswer: Sendable, Encodable, Equatable {
    struct Point: Sendable, Encodable, Equatable {
        /// When the point begins: a multiple of the resolution since the Unix epoch, in milliseconds.
        let atMilliseconds: Int64
        let minimumBPM: Int
        let averageBPM: Double
        let maximumBPM: Int
        /// How many readings it stands for.
        let count: Int

        private enum CodingKeys: String, CodingKey {
            case atMilliseconds = "at"
            case minimumBPM = "minimum_bpm"
            case averageBPM = "average_bpm"
            case maximumBPM = "maximum_bpm"
            case count
        }
    }

    let profileID: String
    /// What was asked for, or as much of it as the token may see.
    let fromMilliseconds: Int64
    let toMilliseconds: Int64
    let resolutionSeconds: Int64
    let points: [Point]

    private enum CodingKeys: String, CodingKey {
        case profileID = "profile_id"
        case fromMilliseconds = "from"
        case toMilliseconds = "to"
        case resolutionSeconds = "resolution"
        case minimumBPM = "minimum_bpm"
        case averageBPM = "average_bpm"
        case maximumBPM = "maximum_bpm"
        case count, points
    }

    /// Minimum, average and maximum of all readings, null where there are none.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(profileID, forKey: .profileID)
        try container.encode(fromMilliseconds, forKey: .fromMilliseconds)
        try container.encode(toMilliseconds, forKey: .toMilliseconds)
        try container.encode(resolutionSeconds, forKey: .resolutionSeconds)
        let count = points.reduce(0) { $0 + $1.count }
        let sum = points.reduce(0) { $0 + $1.averageBPM * Double($1.count) }
        try container.encode(points.map(\.minimumBPM).min(), forKey: .minimumBPM)
        try container.encode(count == 0 ? nil : sum / Double(count), forKey: .averageBPM)
        try container.encode(points.map(\.maximumBPM).max(), forKey: .maximumBPM)
        try container.encode(count, forKey: .count)
        try container.encode(points, forKey: .points)
    }
}
