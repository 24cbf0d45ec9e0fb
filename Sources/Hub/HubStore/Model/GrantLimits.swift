/// How long what a program is given lasts, and how much of it there may be.
package struct GrantLimits: Sendable {
    package var accessTokenSeconds: Int64
    package var refreshTokenSeconds: Int64
    /// Living consents of one user for one client.
    package var grantsPerUserAndClient: Int
    /// Between two refreshes of one consent.
    package var refreshIntervalSeconds: Int64

    package init(
        accessTokenSeconds: Int64, refreshTokenSeconds: Int64, grantsPerUserAndClient: Int,
        refreshIntervalSeconds: Int64
    ) {
        self.accessTokenSeconds = accessTokenSeconds
        self.refreshTokenSeconds = refreshTokenSeconds
        self.grantsPerUserAndClient = grantsPerUserAndClient
        self.refreshIntervalSeconds = refreshIntervalSeconds
    }
}
