/// What one program used for many straps.
struct CrowdResult: Sendable {
    /// Those that were measured; more were sent before, and checked with them.
    var readings: Int
    var cpu: Duration
    var wall: Duration
    /// At the start, and after each minute.
    var memory: [Memory]
    /// By strap.
    var checks: [String: SequenceCheck]

    /// The fault of the order; nil if each strap's readings arrived once and in order.
    var complaint: String? {
        let found = checks.sorted { $0.key < $1.key }.compactMap { strap, check in
            check.complaint.map { "- \(strap): \($0)\n" }
        }
        return found.isEmpty ? nil : found.joined()
    }
}
