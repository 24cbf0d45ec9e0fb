import Outbox

/// Readings that are sent beside their lane: where they are read, and where it is noted what became of them.
protocol SideSource {
    /// The readings after `id`, oldest first, at most `limit`; the outbox's answer at once.
    mutating func read(after id: Int64, limit: Int) async throws -> LaneEntries
    /// The service refused them for good. They are acknowledged after.
    mutating func setAside(_ ids: [Int64], reason: String) async throws
    /// All that was read up to this id is delivered, or set aside.
    mutating func acknowledge(through id: Int64) async throws
}
