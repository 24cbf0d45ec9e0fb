/// What one run of one program showed.
struct TrialResult: Sendable {
    var contestant: String
    var phases: [PhaseResult]
    /// The fault of the order of arrivals; nil if every reading arrived once and in order.
    var complaint: String?
}
