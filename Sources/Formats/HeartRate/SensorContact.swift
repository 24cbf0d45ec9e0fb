/// Whether the strap feels the skin (bits 1 and 2 of the flags, Heart Rate Service 1.0, section 3.1.1.1).
public enum SensorContact: UInt8, Sendable, Hashable, CaseIterable {
    /// The strap cannot tell, or does not at present. Its heart rate may still be taken off the body.
    case unsupported = 0
    /// The strap can tell, and feels no skin: its numbers are not a heart rate.
    case notDetected = 2
    /// The strap can tell, and sits on skin.
    case detected = 3
}
