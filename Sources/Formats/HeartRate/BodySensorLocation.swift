/// The position of the sensor on the body: the characteristic Body Sensor Location, 0x2A38.
///
/// [Heart Rate Service 1.0](https://www.bluetooth.com/specifications/specs/heart-rate-service-1-0/), section 3.2
public enum BodySensorLocation: UInt8, Sendable, Hashable, CaseIterable {
    /// A position of no other case.
    case other = 0
    /// The chest.
    case chest = 1
    /// The wrist.
    case wrist = 2
    /// A finger.
    case finger = 3
    /// The hand.
    case hand = 4
    /// An ear lobe.
    case earLobe = 5
    /// The foot.
    case foot = 6

    /// Reads the value of the characteristic. Nil for reserved values and for no bytes.
    public init?(decoding bytes: some Sequence<UInt8>) {
        guard let first = bytes.first(where: { _ in true }) else { return nil }
        self.init(rawValue: first)
    }
}
