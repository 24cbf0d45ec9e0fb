package import HeartRate

/// The body of `POST /api/v1/strapline/readings`: readings with all that a strap sends.
///
/// ```json
/// {"readings": [{"measured_at": 1709312400000, "heart_rate": 75, "contact": "detected", "rr": [821, 809]}]}
/// ```
///
/// Pulsoid has no such call. A hub names it in the header ``extensionsHeader`` of its answers to `POST /api/v1/data`.
package struct DetailedReadings: Sendable, Decodable, Equatable {
    package static let path = "/api/v1/strapline/readings"
    /// The header that lists the hub's extensions of Pulsoid's API, with commas between them.
    package static let extensionsHeader = "Strapline-Extensions"
    /// The word for this call in ``extensionsHeader``.
    package static let extensionName = "readings"

    package let readings: [DetailedReading]

    package init(_ readings: [DetailedReading]) {
        self.readings = readings
    }

    /// The body as text.
    package var text: String { #"{"readings":[\#(readings.map(\.text).joined(separator: ","))]}"# }

    /// Whether a server with this header takes the call.
    package static func isOffered(inHeader value: String?) -> Bool {
        value?.split(separator: ",").contains { $0.filter { $0 != " " }.lowercased() == extensionName } ?? false
    }
}

/// A heart rate with the contact and the RR intervals of the same packet.
package struct DetailedReading: Sendable, Equatable {
    /// Milliseconds since the Unix epoch.
    package let measuredAtMilliseconds: Int64
    package let measurement: HeartRateMeasurement

    package init(measuredAtMilliseconds: Int64, measurement: HeartRateMeasurement) {
        self.measuredAtMilliseconds = measuredAtMilliseconds
        self.measurement = measurement
    }
}

extension DetailedReading: Decodable {
    private enum CodingKeys: String, CodingKey {
        case measuredAt = "measured_at"
        case heartRate = "heart_rate"
        case contact
        case intervals = "rr"
    }

    /// Contact and RR intervals may be missing. Without a contact the strap does not report it (the first case).
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let rate = try container.decode(Int.self, forKey: .heartRate)
        guard rate <= Int(UInt16.max) else {
            throw DecodingError.dataCorruptedError(
                forKey: .heartRate, in: container, debugDescription: "it is above \(UInt16.max)")
        }
        let word = container.contains(.contact) ? try container.decode(String.self, forKey: .contact) : nil
        let known = SensorContact.allCases.first { word == nil || MeasurementFormatter.word(for: $0) == word }
        guard let contact = known else {
            throw DecodingError.dataCorruptedError(
                forKey: .contact, in: container, debugDescription: "it is no word for the contact")
        }
        self.init(
            measuredAtMilliseconds: try container.decode(Int64.self, forKey: .measuredAt),
            measurement: HeartRateMeasurement(
                beatsPerMinute: UInt16(max(0, rate)), contact: contact,
                rrIntervals: container.contains(.intervals)
                    ? try container.decode([UInt16].self, forKey: .intervals) : []))
    }

    fileprivate var text: String {
        let intervals = measurement.rrIntervals.map { "\($0)" }.joined(separator: ",")
        return #"{"measured_at":\#(measuredAtMilliseconds),"heart_rate":\#(measurement.beatsPerMinute),"#
            + #""contact":"\#(MeasurementFormatter.word(for: measurement.contact))","rr":[\#(intervals)]}"#
    }
}
