/// What one run of one program showed.
struct TrialResult: Sendable {
    var contestant: String
    var phases: [PhaseResult]
    /// What was wrong with the order of arrivals; nil where every reading arrived once and in order.
    var complaint: String?
}
