/// Searches, from the newest reading down, for the first one that is neither among the newest `count` nor kept together
/// with one of them.
struct EdgeSearch {
    private var count: Int
    private let spanMilliseconds: Int64
    private var lastSpan: Int64?

    /// `spanMilliseconds` is above 0; 1 where each reading stands alone.
    init(below count: Int, spanMilliseconds: Int64) {
        self.count = count
        self.spanMilliseconds = spanMilliseconds
    }

    /// Whether this is the reading that is searched.
    mutating func isEdge(measuredAtMilliseconds time: Int64) -> Bool {
        let span = time / spanMilliseconds
        defer {
            lastSpan = span
            count -= 1
        }
        return count <= 0 && (spanMilliseconds == 1 || span != lastSpan)
    }
}
