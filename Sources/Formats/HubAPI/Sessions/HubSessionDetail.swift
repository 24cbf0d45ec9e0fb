/// The answer of `GET /api/hub/v1/sessions/{at}`: a session with its curve, the time in each zone and its heart rate
/// variability.
package struct HubSessionDetail: Sendable, Codable, Equatable {
    package struct Zone: Sendable, Codable, Equatable {
        /// 0 is rest.
        package let number: Int
        package let name: String
        package let fromPercent: Int
        package let fromBPM: Int
        package let milliseconds: Int64

        package init(number: Int, name: String, fromPercent: Int, fromBPM: Int, milliseconds: Int64) {
            self.number = number
            self.name = name
            self.fromPercent = fromPercent
            self.fromBPM = fromBPM
            self.milliseconds = milliseconds
        }

        private enum CodingKeys: String, CodingKey {
            case number = "zone"
            case name
            case fromPercent = "from_percent"
            case fromBPM = "from_bpm"
            case milliseconds = "ms"
        }
    }

    package let session: HubSession
    package let maximumHeartRate: Int
    package let zones: [Zone]
    package let resolutionSeconds: Int64
    package let points: [ReadingHistory.Point]
    /// Nil without RR intervals, and for a session that is too long (``isSummarized``).
    package let variability: HubVariability?
    /// Whether curve and zones come from averages of five minutes, because the session is too long to read.
    package let isSummarized: Bool

    package init(
        session: HubSession, maximumHeartRate: Int, zones: [Zone], resolutionSeconds: Int64,
        points: [ReadingHistory.Point], variability: HubVariability?, isSummarized: Bool
    ) {
        self.session = session
        self.maximumHeartRate = maximumHeartRate
        self.zones = zones
        self.resolutionSeconds = resolutionSeconds
        self.points = points
        self.variability = variability
        self.isSummarized = isSummarized
    }

    private enum CodingKeys: String, CodingKey {
        case session, zones, points
        case maximumHeartRate = "max_heart_rate"
        case resolutionSeconds = "resolution"
        case variability = "hrv"
        case isSummarized = "is_summarized"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(session, forKey: .session)
        try container.encode(maximumHeartRate, forKey: .maximumHeartRate)
        try container.encode(zones, forKey: .zones)
        try container.encode(resolutionSeconds, forKey: .resolutionSeconds)
        try container.encode(points, forKey: .points)
        try container.encode(variability, forKey: .variability)
        try container.encode(isSummarized, forKey: .isSummarized)
    }
}
