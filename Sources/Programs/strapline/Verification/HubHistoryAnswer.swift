/// What a hub answers to `GET /api/hub/v1/readings` (docs/hub.md, "History").
struct HubHistoryAnswer: Decodable, Equatable {
    struct Point: Decodable, Equatable {
        let atMilliseconds: Int64
        let minimumBPM: Int
        let averageBPM: Double
        let maximumBPM: Int
        let count: Int

        enum CodingKeys: String, CodingKey {
            case atMilliseconds = "at"
            case minimumBPM = "minimum_bpm"
            case averageBPM = "average_bpm"
            case maximumBPM = "maximum_bpm"
            case count
        }

        /// Whether the point stands for these rates, and no others.
        func isOf(_ rates: [Int]) -> Bool {
            count == rates.count && minimumBPM == rates.min() && maximumBPM == rates.max()
                && abs(averageBPM * Double(count) - Double(rates.reduce(0, +))) < 0.5
        }
    }

    /// The answer begins here: what is earlier the token may not see.
    let fromMilliseconds: Int64
    let points: [Point]

    enum CodingKeys: String, CodingKey {
        case fromMilliseconds = "from"
        case points
    }
}
