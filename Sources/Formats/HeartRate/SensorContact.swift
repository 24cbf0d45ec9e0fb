/// The skin contact of a strap (bits 1 and 2 of the flags, Heart Rate Service 1.0, section 3.1.1.1).
public enum SensorContact: UInt8, Sendable, Hashable, CaseIterable {
    /// The strap does not detect contact. It may send a heart rate without any.
    case unsupported = 0
    /// The strap has no skin contact. Its numbers are not a heart rate.
    case notDetected = 2
    /// The strap has skin contact.
    case detected = 3
}
