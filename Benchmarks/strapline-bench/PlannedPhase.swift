/// A phase and how long it lasts.
struct PlannedPhase: Sendable, Hashable {
    /// What the table calls it.
    var name: String
    var phase: Phase
    var readings: Int
}
