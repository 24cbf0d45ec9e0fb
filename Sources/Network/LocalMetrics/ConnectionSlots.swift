/// Decides which connections are served at once, when each is accepted.
///
/// A newer connection replaces the oldest one that has not sent its request yet. Silent connections therefore cannot
/// block a health check.
struct ConnectionSlots<ID: Hashable> {
    enum Admission: Equatable {
        /// `closing` loses its place.
        case admitted(closing: ID?)
        /// Every place is taken by a request that is being answered.
        case refused
    }

    let limit: Int
    /// Without a request yet, oldest first.
    private var waiting: [ID] = []
    private var answering: Set<ID> = []

    init(limit: Int) {
        self.limit = limit
    }

    mutating func admit(_ id: ID) -> Admission {
        let isFull = waiting.count + answering.count >= limit
        if isFull && waiting.isEmpty { return .refused }
        let closing = isFull ? waiting.removeFirst() : nil
        waiting.append(id)
        return .admitted(closing: closing)
    }

    /// The request has arrived. False when the connection has lost its place.
    mutating func beginAnswer(_ id: ID) -> Bool {
        guard let index = waiting.firstIndex(of: id) else { return false }
        waiting.remove(at: index)
        answering.insert(id)
        return true
    }

    mutating func release(_ id: ID) {
        waiting.removeAll { $0 == id }
        answering.remove(id)
    }
}
