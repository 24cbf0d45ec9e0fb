/// The permissions of a token ([Scopes](https://docs.pulsoid.net/)).
public enum PulsoidScope: String, Sendable, Hashable, CaseIterable, Codable {
    /// Read the heart rate.
    case heartRateRead = "data:heart_rate:read"
    /// Write the heart rate.
    case heartRateWrite = "data:heart_rate:write"
    /// Read the rooms.
    case roomRead = "data:room:read"
    /// Read the statistics.
    case statisticsRead = "data:statistics:read"
    /// Read the profile.
    case profileRead = "profile:read"
}
