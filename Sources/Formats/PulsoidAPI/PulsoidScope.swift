/// What a token may be used for (docs.pulsoid.net, "Scopes").
public enum PulsoidScope: String, Sendable, Hashable, CaseIterable, Codable {
    case heartRateRead = "data:heart_rate:read"
    case heartRateWrite = "data:heart_rate:write"
    case roomRead = "data:room:read"
    case statisticsRead = "data:statistics:read"
    case profileRead = "profile:read"
}
