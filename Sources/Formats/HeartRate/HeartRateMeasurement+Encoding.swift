extension HeartRateMeasurement {
    /// The bytes of a notification of this measurement, in the shortest form: one byte for a rate up to 255.
    ///
    /// All RR intervals are written. With the default ATT MTU of 23, nine of them fit into a notification.
    public func encoded() -> [UInt8] { encoded(as: nil) }

    /// The bytes of a notification as the strap sent it: with its width of the rate and its reserved flags.
    ///
    /// Bytes after the last field, which the specification does not know, are left out. A measurement that was not read
    /// from a notification is ``encoded()``.
    public func encodedAsReceived() -> [UInt8] { encoded(as: receivedFlags) }

    private func encoded(as received: Flags?) -> [UInt8] {
        var flags = Flags(contact: contact)
        if let received {
            flags.formUnion(received.intersection(.reserved))
            // Without the flag of support, the flag of contact says nothing.
            if contact == .unsupported { flags.formUnion(received.intersection(.contactDetected)) }
            if rrIntervals.isEmpty { flags.formUnion(received.intersection(.rrIntervals)) }
        }
        var fields: [UInt8] = []
        func append(_ word: UInt16) {
            fields.append(UInt8(truncatingIfNeeded: word))
            fields.append(UInt8(truncatingIfNeeded: word >> 8))
        }
        if let narrow = UInt8(exactly: beatsPerMinute), received?.contains(.wideHeartRate) != true {
            fields.append(narrow)
        } else {
            flags.insert(.wideHeartRate)
            append(beatsPerMinute)
        }
        if let energyExpendedKilojoules {
            flags.insert(.energyExpended)
            append(energyExpendedKilojoules)
        }
        if !rrIntervals.isEmpty {
            flags.insert(.rrIntervals)
            rrIntervals.forEach(append)
        }
        return [flags.rawValue] + fields
    }
}
