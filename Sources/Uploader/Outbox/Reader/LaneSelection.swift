import GRDB

/// Some of the lanes of an outbox, declared or not: of one strap, to one destination, or all.
package struct LaneSelection: Sendable, Equatable {
    /// The strap's name; nil for every strap.
    package var strap: String?
    /// The destination's name; nil for every destination.
    package var destination: String?

    package init(strap: String? = nil, destination: String? = nil) {
        self.strap = strap
        self.destination = destination
    }

    /// Of tables `strap` and `lane`, with ``arguments``.
    static let condition =
        "(:strap IS NULL OR strap.name = :strap) AND (:destination IS NULL OR destination = :destination)"

    var arguments: StatementArguments { ["strap": strap, "destination": destination] }
}
