/// Whether the outbox can write its file, and what that has cost.
public struct StorageStatus: Sendable, Equatable {
    /// Why readings wait in memory, and what the user does about it; nil while all is well.
    public var problem: String?
    /// ``problem`` in a few words: `disk full`.
    public var summary: String?
    /// Readings that are in memory only.
    public var heldReadings: Int
    /// Since the start: readings that left memory before they could be written, while a destination still awaited them.
    public var lost: Int
    /// The same of readings that were delivered everywhere: only the history has a gap.
    public var lostToHistory: Int

    public init(
        problem: String? = nil, summary: String? = nil, heldReadings: Int = 0, lost: Int = 0, lostToHistory: Int = 0
    ) {
        self.problem = problem
        self.summary = summary
        self.heldReadings = heldReadings
        self.lost = lost
        self.lostToHistory = lostToHistory
    }
}
