public import HeartRate

/// What a strap tells about itself beside its measurements; nil for what it has not told, or not yet.
public struct StrapDetails: Sendable, Hashable {
    public var batteryPercent: UInt8?
    public var bodySensorLocation: BodySensorLocation?
    // Device Information (0x180A): from the air, and may hold anything.
    public var manufacturerName: String?
    public var modelNumber: String?
    public var serialNumber: String?
    public var firmwareRevision: String?

    public init() {}
}

extension StrapDetails {
    /// Longer texts are cut off: an attribute has 512 bytes at most, and no strap needs them.
    private static let textBytes = 64

    /// Takes in the value of a characteristic; what it does not say stays as it was.
    mutating func take(_ value: [UInt8], of characteristic: StrapCharacteristic) {
        switch characteristic {
        case .bodySensorLocation:
            bodySensorLocation = BodySensorLocation(decoding: value) ?? bodySensorLocation
        case .manufacturerName: manufacturerName = Self.text(value) ?? manufacturerName
        case .modelNumber: modelNumber = Self.text(value) ?? modelNumber
        case .serialNumber: serialNumber = Self.text(value) ?? serialNumber
        case .firmwareRevision: firmwareRevision = Self.text(value) ?? firmwareRevision
        }
    }

    /// Some straps pad their texts with zeros, or with blanks.
    private static func text(_ value: [UInt8]) -> String? {
        let text = String(decoding: value.prefix { $0 != 0 }.prefix(textBytes), as: UTF8.self)
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
