/// A session of a user's readings at a hub. Times are milliseconds since the Unix epoch.
package struct HubSession: Sendable, Codable, Equatable {
    /// The time of its first reading: its ID.
    package let startMilliseconds: Int64
    /// The time of its last reading.
    package let endMilliseconds: Int64
    package let readings: Int
    /// Minutes with a reading.
    package let minutes: Int
    package let lowestBPM: Int
    package let averageBPM: Double
    package let highestBPM: Int
    /// RR intervals; 0 if the strap, or its uploader, sent none.
    package let intervals: Int
    /// Whether it may go on: its last reading is less than ten minutes old.
    package let isRunning: Bool

    package init(
        startMilliseconds: Int64, endMilliseconds: Int64, readings: Int, minutes: Int, lowestBPM: Int,
        averageBPM: Double, highestBPM: Int, intervals: Int, isRunning: Bool
    ) {
        self.startMilliseconds = startMilliseconds
        self.endMilliseconds = endMilliseconds
        self.readings = readings
        self.minutes = minutes
        self.lowestBPM = lowestBPM
        self.averageBPM = averageBPM
        self.highestBPM = highestBPM
        self.intervals = intervals
        self.isRunning = isRunning
    }

    private enum CodingKeys: String, CodingKey {
        case startMilliseconds = "start"
        case endMilliseconds = "end"
        case readings, minutes, intervals
        case lowestBPM = "minimum_bpm"
        case averageBPM = "average_bpm"
        case highestBPM = "maximum_bpm"
        case isRunning = "is_running"
    }
}

/// The answer of `GET /api/hub/v1/sessions`: a page of sessions, the newest first.
package struct HubSessionPage: Sendable, Codable, Equatable {
    package static let path = "/api/hub/v1/sessions"

    package let sessions: [HubSession]
    /// The `before` of the next page; nil at the end.
    package let next: Int64?

    package init(sessions: [HubSession], next: Int64?) {
        self.sessions = sessions
        self.next = next
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sessions, forKey: .sessions)
        try container.encode(next, forKey: .next)
    }
}
