package import HRV

/// The heart rate variability of a session, or of a morning. A value is null where there are too few intervals.
package struct HubVariability: Sendable, Codable, Equatable {
    package let rmssd: Double?
    package let sdnn: Double?
    /// In percent of the differences.
    package let pnn50: Double?
    /// RR intervals that were received.
    package let intervals: Int
    package let artefacts: Int
    package let gaps: Int
    /// Whether there are few artefacts.
    package let isReliable: Bool
    /// True if the RR intervals may be ms instead of 1/1024 s; else nil.
    package let mayBeMilliseconds: Bool?

    /// Nil without RR intervals: there is no value, and not 0.
    package init?(_ summary: HRVSummary, mayBeMilliseconds: Bool = false) {
        guard summary.hasIntervals else { return nil }
        rmssd = summary.rmssd.map(Self.tenths)
        sdnn = summary.sdnn.map(Self.tenths)
        pnn50 = summary.pnn50.map(Self.tenths)
        intervals = summary.intervals
        artefacts = summary.artefacts
        gaps = summary.gaps
        isReliable = summary.isReliable
        self.mayBeMilliseconds = mayBeMilliseconds ? true : nil
    }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private enum CodingKeys: String, CodingKey {
        case rmssd = "rmssd_ms"
        case sdnn = "sdnn_ms"
        case pnn50 = "pnn50_percent"
        case intervals, artefacts, gaps
        case isReliable = "is_reliable"
        case mayBeMilliseconds = "rr_may_be_ms"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rmssd, forKey: .rmssd)
        try container.encode(sdnn, forKey: .sdnn)
        try container.encode(pnn50, forKey: .pnn50)
        try container.encode(intervals, forKey: .intervals)
        try container.encode(artefacts, forKey: .artefacts)
        try container.encode(gaps, forKey: .gaps)
        try container.encode(isReliable, forKey: .isReliable)
        try container.encodeIfPresent(mayBeMilliseconds, forKey: .mayBeMilliseconds)
    }
}

/// The answer of `GET /api/hub/v1/hrv`: the heart rate variability of each morning that has RR intervals.
package struct HubMornings: Sendable, Codable, Equatable {
    package struct Morning: Sendable, Codable, Equatable {
        /// The local day: `2026-11-29`.
        package let date: String
        /// When its calmest five minutes began, in milliseconds since the Unix epoch.
        package let atMilliseconds: Int64
        package let averageBPM: Double
        package let variability: HubVariability

        package init(date: String, atMilliseconds: Int64, averageBPM: Double, variability: HubVariability) {
            self.date = date
            self.atMilliseconds = atMilliseconds
            self.averageBPM = averageBPM
            self.variability = variability
        }

        private enum CodingKeys: String, CodingKey {
            case date
            case atMilliseconds = "at"
            case averageBPM = "average_bpm"
            case variability = "hrv"
        }
    }

    package static let path = "/api/hub/v1/hrv"

    package let mornings: [Morning]

    package init(mornings: [Morning]) {
        self.mornings = mornings
    }
}
