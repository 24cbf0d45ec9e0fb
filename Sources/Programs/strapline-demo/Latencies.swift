/// How long readings took on their way.
struct Latencies {
    private var milliseconds: [Int64] = []

    mutating func add(milliseconds latency: Int64) {
        milliseconds.append(latency)
    }

    /// The latency that this part of all readings stays below (nearest rank); nil before the first.
    func percentile(_ part: Double) -> Int64? {
        guard !milliseconds.isEmpty else { return nil }
        let rank = Int((part * Double(milliseconds.count)).rounded(.up))
        return milliseconds.sorted()[min(max(rank, 1), milliseconds.count) - 1]
    }
}
