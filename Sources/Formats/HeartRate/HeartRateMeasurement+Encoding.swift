extension HeartRateMeasurement {
    /// The bytes of a notification of this measurement, in the shortest form: one byte for a rate up to 255.
    ///
    /// All RR intervals are written. With the default ATT MTU of 23, nine of them fit into a notification.
    public func encoded() -> [UInt8] {
        var flags = Flags(contact: contact)
        var fields: [UInt8] = []
        func append(_ word: UInt16) {
            fields.append(UInt8(truncatingIfNeeded: word))
            fields.append(UInt8(truncatingIfNeeded: word >> 8))
        }
        if let narrow = UInt8(exactly: beatsPerMinute) {
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
