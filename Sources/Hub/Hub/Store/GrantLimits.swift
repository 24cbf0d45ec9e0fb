/// How long what a program is given lasts, and how much of it there may be.
struct GrantLimits: Sendable {
    var accessTokenSeconds: Int64
    var refreshTokenSeconds: Int64
    /// Living consents of one user for one client.
    var grantsPerUserAndClient: Int
    /// Between two refreshes of one consent.
    var refreshIntervalSeconds: Int64

    init(_ limits: HubLimits) {
        accessTokenSeconds = limits.accessTokenSeconds
        refreshTokenSeconds = limits.refreshTokenSeconds
        grantsPerUserAndClient = limits.grantsPerUserAndClient
        refreshIntervalSeconds = limits.refreshIntervalSeconds
    }
}
