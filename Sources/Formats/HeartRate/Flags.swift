extension HeartRateMeasurement {
    /// The first byte of a measurement (Heart Rate Service 1.0, section 3.1.1.1). Bits 5 to 7 are reserved.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8

        static let wideHeartRate = Flags(rawValue: 1 << 0)
        static let contactDetected = Flags(rawValue: 1 << 1)
        static let contactSupported = Flags(rawValue: 1 << 2)
        static let energyExpended = Flags(rawValue: 1 << 3)
        static let rrIntervals = Flags(rawValue: 1 << 4)

        /// Bits whose meaning no field of a measurement holds.
        static let reserved = Flags(rawValue: 0b1110_0000)

        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        init(contact: SensorContact) {
            switch contact {
            case .unsupported: self = []
            case .notDetected: self = [.contactSupported]
            case .detected: self = [.contactSupported, .contactDetected]
            }
        }

        var contact: SensorContact {
            guard contains(.contactSupported) else { return .unsupported }
            return contains(.contactDetected) ? .detected : .notDetected
        }
    }
}
