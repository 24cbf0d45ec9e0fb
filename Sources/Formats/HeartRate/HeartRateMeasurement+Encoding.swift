extension HeartRateMeasurement {
    /// The bytes of this measurement as a strap notifies them, in the shortest form: one byte for a rate up to 255.
    ///
    /// The RR intervals are all written; a strap with the default ATT MTU of 23 has room for nine.
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
