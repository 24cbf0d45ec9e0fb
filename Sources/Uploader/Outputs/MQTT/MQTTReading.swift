import DateFormats
import FoundationEssentials
import HeartRate
import Outbox

/// The JSON of `strapline/NAME/reading`, for programs that read topics themselves.
struct MQTTReading: Encodable {
    let strap: String
    /// `live`, or why there is no heart rate.
    let state: String
    let heartRate: Int?
    let measuredAt: String?
    let measuredAtMilliseconds: Int64?
    /// All intervals since the last message, oldest first.
    let rrMilliseconds: [Int]
    let contact: Bool?
    let energyKilojoules: Int?

    /// The readings since the last message, oldest first.
    init(_ strap: LiveStrap, _ readings: [Reading]) {
        self.strap = strap.name
        state = strap.stateWord
        heartRate = strap.beatsPerMinute
        measuredAt = strap.reading.map { ISO8601.text(milliseconds: $0.measuredAtMilliseconds) }
        measuredAtMilliseconds = strap.reading?.measuredAtMilliseconds
        rrMilliseconds = strap.reading == nil ? [] : readings.flatMap(\.rrMilliseconds)
        contact = strap.hasContact
        energyKilojoules = readings.compactMap(\.measurement.energyExpendedKilojoules).last.map(Int.init)
    }

    enum CodingKeys: String, CodingKey {
        case strap, state, contact
        case heartRate = "heart_rate"
        case measuredAt = "measured_at"
        case measuredAtMilliseconds = "measured_at_ms"
        case rrMilliseconds = "rr_ms"
        case energyKilojoules = "energy_kj"
    }

    /// With `null` where there is no value: each message has all keys but `energy_kj`, which straps seldom send.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(strap, forKey: .strap)
        try container.encode(state, forKey: .state)
        try container.encode(heartRate, forKey: .heartRate)
        try container.encode(measuredAt, forKey: .measuredAt)
        try container.encode(measuredAtMilliseconds, forKey: .measuredAtMilliseconds)
        try container.encode(rrMilliseconds, forKey: .rrMilliseconds)
        try container.encode(contact, forKey: .contact)
        try container.encodeIfPresent(energyKilojoules, forKey: .energyKilojoules)
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers alone: there is nothing that cannot be encoded.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
