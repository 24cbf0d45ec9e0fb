import PulsoidAPI

/// The readings that the room stream has shown.
struct RoomView {
    private let names: [String: String]
    private(set) var rates: [String: [Int]] = [:]
    private(set) var latencies = Latencies()

    /// - Parameter names: the members' names by their profiles.
    init(names: [String: String]) {
        self.names = names
    }

    var count: Int { rates.values.reduce(0) { $0 + $1.count } }

    /// Adds a message and returns the line that shows it; nil when it is no heart rate.
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

/// How long readings took from the strap to the room.
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
