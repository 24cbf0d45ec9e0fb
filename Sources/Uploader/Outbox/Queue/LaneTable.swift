/// The declared lanes, and how far each has come.
struct LaneTable {
    struct State {
        /// The lane's row in the file.
        var id: Int64
        /// The last reading that the lane has passed.
        var cursor: Int64
    }

    private var states: [Lane: State]
    /// Expired readings that the file has not counted yet.
    private(set) var uncountedExpired: [Lane: Int] = [:]

    init(_ states: [Lane: State]) {
        self.states = states
    }

    subscript(lane: Lane) -> State? { states[lane] }

    var lanes: Set<Lane> { Set(states.keys) }

    var cursors: [(lane: Lane, cursor: Int64)] { states.map { ($0.key, $0.value.cursor) } }

    /// The cursors for the file: there they never go beyond its newest reading.
    func cursors(inFileThrough newest: Int64) -> [(laneID: Int64, reading: Int64)] {
        states.values.map { (laneID: $0.id, reading: min($0.cursor, newest)) }
    }

    /// Whether every lane of the reading's strap has passed it, so that only the history awaits it.
    func havePassed(_ entry: OutboxEntry) -> Bool {
        entry.reading.heartRate == nil
            || states.allSatisfy { $0.key.strap != entry.reading.strap || $0.value.cursor >= entry.id }
    }

    /// Never moves a cursor back.
    mutating func move(_ lane: Lane, to id: Int64) {
        guard let state = states[lane] else { return }
        states[lane]?.cursor = max(state.cursor, id)
    }

    /// Declares the lanes of `found`, as the file has them, and no others.
    mutating func declare(_ found: [Lane: (id: Int64, cursor: Int64)], newestID: Int64) {
        // A cursor in memory may be ahead of the file's, and one in a file that was damaged beyond its readings.
        states = Dictionary(
            uniqueKeysWithValues: found.map { lane, state in
                (lane, State(id: state.id, cursor: states[lane]?.cursor ?? min(state.cursor, newestID)))
            })
    }

    /// Takes the rows of another file; the cursors stay.
    mutating func renumber(_ found: [Lane: (id: Int64, cursor: Int64)]) {
        for (lane, state) in found { states[lane]?.id = state.id }
    }

    // MARK: Expired readings

    mutating func countExpired(_ count: Int, in lane: Lane) {
        uncountedExpired[lane, default: 0] += count
    }

    /// The file has counted the lane's expired readings.
    mutating func expiredAreCounted(in lane: Lane) {
        uncountedExpired[lane] = nil
    }
}
