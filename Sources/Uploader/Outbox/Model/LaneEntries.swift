/// The lane's next readings to upload, in order of arrival.
package struct LaneEntries: Sendable, Equatable {
    package var entries: [OutboxEntry]
    /// Whether the last of ``entries`` is the newest reading to upload that the lane has.
    package var reachesNewest: Bool

    package init(entries: [OutboxEntry], reachesNewest: Bool) {
        self.entries = entries
        self.reachesNewest = reachesNewest
    }
}
