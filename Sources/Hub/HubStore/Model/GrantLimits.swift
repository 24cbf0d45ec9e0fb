/// Limits of the grants of programs.
package struct GrantLimits: Sendable {
    package var accessTokenSeconds: Int64
    package var refreshTokenSeconds: Int64
    /// Living grants of one user for one client.
    package var grantsPerUserAndClient: Int
    /// Minimum time between two refreshes of one grant.
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
