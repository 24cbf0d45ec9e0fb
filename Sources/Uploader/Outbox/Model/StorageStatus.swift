/// Whether the outbox can write its file, and how many readings were lost if not.
package struct StorageStatus: Sendable, Equatable {
    /// Why readings wait in memory, and what the user does about it; nil while all is well.
    package var problem: String?
    /// ``problem`` in a few words: `disk full`.
    package var summary: String?
    /// Readings that are in memory only.
    package var heldReadings: Int
    /// Since the start: readings that left memory before they could be written, while a destination still awaited them.
    package var lost: Int
    /// The same of readings that were delivered everywhere: only the history has a gap.
    package var lostToHistory: Int

    package init(
        problem: String? = nil, summary: String? = nil, heldReadings: Int = 0, lost: Int = 0, lostToHistory: Int = 0
    ) {
        self.problem = problem
        self.summary = summary
        self.heldReadings = heldReadings
        self.lost = lost
        self.lostToHistory = lostToHistory
    }
}
