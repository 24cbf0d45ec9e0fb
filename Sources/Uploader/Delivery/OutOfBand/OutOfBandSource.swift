import Outbox

/// Readings that are sent beside their lane: where they are read, and where their outcomes are stored.
protocol OutOfBandSource {
    /// The readings after `id`, oldest first, at most `limit`. Does not wait for readings.
    mutating func read(after id: Int64, limit: Int) async throws -> LaneEntries
    /// The service rejected them for good. They are acknowledged after.
    mutating func setAside(_ ids: [Int64], reason: String) async throws
    /// All readings up to this id are delivered, or set aside.
    mutating func acknowledge(through id: Int64) async throws
}
