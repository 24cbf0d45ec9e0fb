import Glibc
import PulsoidAPI
import Timing

/// The room as it comes in, a line a reading, and what was seen of each member.
struct RoomView {
    private let names: [String: String]
    private(set) var rates: [String: [Int]] = [:]
    private(set) var latencies = Latencies()

    /// `names` are those of the members by their profiles.
    init(names: [String: String]) {
        self.names = names
    }

    var count: Int { rates.values.reduce(0) { $0 + $1.count } }

    /// Takes a message in and gives the line to show for it.
    mutating func take(_ message: RoomMessage, nowMilliseconds: Int64) -> String? {
        guard case .heartRate(let rate) = message.payload else { return nil }
        let latency = nowMilliseconds - message.timestampMilliseconds
        rates[rate.profileID, default: []].append(rate.bpm)
        latencies.add(milliseconds: latency)
        let name = names[rate.profileID] ?? rate.profileID
        let bar = String(repeating: "▪", count: rate.bpm / 8)
        return "♥ \(pad(name, to: 6)) \(padLeft("\(rate.bpm)", to: 3)) bpm  \(padLeft("\(latency)", to: 4)) ms  \(bar)"
    }

    private func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func padLeft(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
