/// Where the sensor is worn: the characteristic Body Sensor Location, 0x2A38 (Heart Rate Service 1.0, section 3.2).
public enum BodySensorLocation: UInt8, Sendable, Hashable, CaseIterable {
    case other = 0
    case chest = 1
    case wrist = 2
    case finger = 3
    case hand = 4
    case earLobe = 5
    case foot = 6

    /// Reads the value of the characteristic; nil for the values that the specification reserves, and for no bytes.
    public init?(decoding bytes: some Sequence<UInt8>) {
        guard let first = bytes.first(where: { _ in true }) else { return nil }
        self.init(rawValue: first)
    }
}
