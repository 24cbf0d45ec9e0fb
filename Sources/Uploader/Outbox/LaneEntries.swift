/// What a lane has next: readings to upload, in order of arrival.
public struct LaneEntries: Sendable, Equatable {
    public var entries: [OutboxEntry]
    /// Whether the last of ``entries`` is the newest reading to upload that the lane has.
    public var reachesNewest: Bool

    public init(entries: [OutboxEntry], reachesNewest: Bool) {
        self.entries = entries
        self.reachesNewest = reachesNewest
    }
}
