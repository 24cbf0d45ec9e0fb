/// One notification of the characteristic Heart Rate Measurement, 0x2A37.
///
/// ```swift
/// let measurement = try HeartRateMeasurement(decoding: [0x16, 0x4D, 0x16, 0x03])
/// measurement.beatsPerMinute              // 77
/// measurement.contact                     // .detected
/// measurement.rrIntervals                 // [790], in 1/1024 s
/// ```
///
/// [Heart Rate Service 1.0](https://www.bluetooth.com/specifications/specs/heart-rate-service-1-0/), section 3.1
public struct HeartRateMeasurement: Sendable, Hashable {
    /// Beats per minute. 0 means that the strap has no reading.
    public var beatsPerMinute: UInt16
    /// Whether the strap has skin contact.
    public var contact: SensorContact
    /// Kilojoules since the last reset, sticking at 65,535. Straps send it in about one of ten packets.
    public var energyExpendedKilojoules: UInt16?
    /// Times between two beats in units of 1/1024 s, oldest first, as the strap sent them.
    public var rrIntervals: [UInt16]
    /// The flags of the notification from which this was read; nil if it was made in another way. Two measurements that
    /// differ in these alone are equal.
    var receivedFlags: Flags?

    /// Makes a measurement.
    public init(
        beatsPerMinute: UInt16, contact: SensorContact = .unsupported, energyExpendedKilojoules: UInt16? = nil,
        rrIntervals: [UInt16] = []
    ) {
        self.beatsPerMinute = beatsPerMinute
        self.contact = contact
        self.energyExpendedKilojoules = energyExpendedKilojoules
        self.rrIntervals = rrIntervals
    }

    /// Whether both measure the same, in whatever form they were sent.
    public static func == (left: Self, right: Self) -> Bool {
        left.beatsPerMinute == right.beatsPerMinute && left.contact == right.contact
            && left.energyExpendedKilojoules == right.energyExpendedKilojoules && left.rrIntervals == right.rrIntervals
    }

    /// Hashes the values that `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(beatsPerMinute)
        hasher.combine(contact)
        hasher.combine(energyExpendedKilojoules)
        hasher.combine(rrIntervals)
    }

    /// Whether this is a heart rate: above 0, and the strap does not report missing skin contact.
    public var isHeartRate: Bool { beatsPerMinute > 0 && contact != .notDetected }
}

/// The skin contact of a strap (bits 1 and 2 of the flags, Heart Rate Service 1.0, section 3.1.1.1).
public enum SensorContact: UInt8, Sendable, Hashable, CaseIterable {
    /// The strap does not detect contact. It may send a heart rate without any.
    case unsupported = 0
    /// The strap has no skin contact. Its numbers are not a heart rate.
    case notDetected = 2
    /// The strap has skin contact.
    case detected = 3
}
