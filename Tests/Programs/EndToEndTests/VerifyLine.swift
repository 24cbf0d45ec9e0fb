import FoundationEssentials

/// A line that `strapline verify --json` prints.
struct VerifyLine: Decodable {
    struct Lane: Decodable {
        let strap: String
        let sent: Int
        let seen: Int
        let kept: Int
        let missing: Int
        let unprovable: Int
        let extra: Int
        let latency_p50_ms: Int64?
    }

    let event: String
    let strap: String?
    let reason: String?
    let measured_at_ms: Int64?
    let bpm: Int?
    let conclusion: String?
    let history_asked: Bool?
    let lanes: [Lane]?

    init?(_ text: String) {
        guard let line = try? JSONDecoder().decode(VerifyLine.self, from: Data(text.utf8)) else { return nil }
        self = line
    }
}
