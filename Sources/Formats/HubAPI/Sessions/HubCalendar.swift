/// The answer of `GET /api/hub/v1/calendar`: the local days with a reading.
package struct HubCalendar: Sendable, Codable, Equatable {
    package struct Day: Sendable, Codable, Equatable {
        /// `2026-11-29`
        package let date: String
        /// With a reading.
        package let minutes: Int
        /// Sessions that began on this day.
        package let sessions: Int
        package let averageBPM: Double
        package let highestBPM: Int

        package init(date: String, minutes: Int, sessions: Int, averageBPM: Double, highestBPM: Int) {
            self.date = date
            self.minutes = minutes
            self.sessions = sessions
            self.averageBPM = averageBPM
            self.highestBPM = highestBPM
        }

        private enum CodingKeys: String, CodingKey {
            case date, minutes, sessions
            case averageBPM = "average_bpm"
            case highestBPM = "maximum_bpm"
        }
    }

    package static let path = "/api/hub/v1/calendar"

    package let days: [Day]

    package init(days: [Day]) {
        self.days = days
    }
}

/// The body and the answer of `PUT` and `GET /api/hub/v1/profile`.
package struct HubProfile: Sendable, Codable, Equatable {
    package static let path = "/api/hub/v1/profile"

    /// The user's own maximum, for the zones; nil if it is not set.
    package let maximumHeartRate: Int?

    package init(maximumHeartRate: Int?) {
        self.maximumHeartRate = maximumHeartRate
    }

    private enum CodingKeys: String, CodingKey {
        case maximumHeartRate = "max_heart_rate"
    }

    /// Without the member it is malformed: a misspelt one must not delete the value.
    package init(from decoder: any Decoder) throws {
        maximumHeartRate = try decoder.container(keyedBy: CodingKeys.self).decode(
            Int?.self, forKey: .maximumHeartRate)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(maximumHeartRate, forKey: .maximumHeartRate)
    }
}
