import HubStore
import PulsoidAPI

extension AccessGrant {
    /// The beginning of what the token may see of its own user, in milliseconds since the Unix epoch: with the scope
    /// for statistics everything, with one for heart rate or rooms the last day (``HubLimits/roomHistorySeconds``).
    ///
    /// - Throws: 401 without any of these scopes.
    func historyBeginning(_ limits: HubLimits, now: Int64) throws(HubHTTPError) -> Int64 {
        if token.grants(PulsoidScope.statisticsRead.rawValue) { return 0 }
        guard token.grants(PulsoidScope.heartRateRead.rawValue) || token.grants(PulsoidScope.roomRead.rawValue) else {
            throw HubHTTPError(.insufficientScope)
        }
        return now - limits.roomHistorySeconds * 1000
    }
}
