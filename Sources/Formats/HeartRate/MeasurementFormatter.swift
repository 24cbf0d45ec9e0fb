/// What a packet says, for a reader and for a program.
package struct MeasurementFormatter {
    package let measurement: HeartRateMeasurement
    package let trailingByteCount: Int

    package init(measurement: HeartRateMeasurement, trailingByteCount: Int) {
        self.measurement = measurement
        self.trailingByteCount = trailingByteCount
    }

    /// The shape that `strapline decode --json` promises.
    package var json: String {
        let energy = measurement.energyExpendedKilojoules.map(String.init) ?? "null"
        let intervals = measurement.rrIntervals.map(String.init).joined(separator: ", ")
        let milliseconds = measurement.rrIntervals.map(Self.milliseconds).joined(separator: ", ")
        return #"{"bpm": \#(measurement.beatsPerMinute), "contact": "\#(contact)", "energy_kj": \#(energy), "#
            + #""rr": [\#(intervals)], "rr_ms": [\#(milliseconds)], "trailing_bytes": \#(trailingByteCount)}"#
    }

    /// `833.0` of 853/1024 s. A tenth of a millisecond is enough to get back what the strap sent.
    package static func milliseconds(_ interval: UInt16) -> String {
        let tenths = (Int(interval) * 10_000 + 512) / 1024
        return "\(tenths / 10).\(tenths % 10)"
    }

    package var sentence: String {
        var parts = ["\(measurement.beatsPerMinute) bpm", "contact \(contact)"]
        if let energy = measurement.energyExpendedKilojoules { parts.append("energy \(energy) kJ") }
        if !measurement.rrIntervals.isEmpty {
            let milliseconds = measurement.rrIntervals.map { "\((Int($0) * 1000 + 512) / 1024)" }
            parts.append("RR \(milliseconds.joined(separator: ", ")) ms")
        }
        if trailingByteCount > 0 {
            parts.append("\(trailingByteCount) trailing byte\(trailingByteCount == 1 ? "" : "s") ignored")
        }
        if !measurement.isHeartRate { parts.append("not a heart rate: never uploaded") }
        return parts.joined(separator: "; ")
    }

    private var contact: String { Self.word(for: measurement.contact) }

    package static func word(for contact: SensorContact) -> String {
        switch contact {
        case .detected: "detected"
        case .notDetected: "not-detected"
        case .unsupported: "unsupported"
        }
    }
}
