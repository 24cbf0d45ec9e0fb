public import HeartRate

/// The details of a strap beside its measurements. Nil for a detail that is unknown.
public struct StrapDetails: Sendable, Hashable {
    /// The charge of the battery.
    public var batteryPercent: UInt8?
    /// The position of the sensor on the body.
    public var bodySensorLocation: BodySensorLocation?
    /// The manufacturer. Like all texts here it comes from the air and may hold any characters.
    public var manufacturerName: String?
    /// The model.
    public var modelNumber: String?
    /// The serial number.
    public var serialNumber: String?
    /// The version of the firmware.
    public var firmwareRevision: String?

    /// No details.
    public init() {}
}

extension StrapDetails {
    /// Longer texts are cut off. An attribute has up to 512 bytes, but no strap needs them.
    private static let textBytes = 64

    /// Updates the detail of a characteristic, if its value is valid.
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
