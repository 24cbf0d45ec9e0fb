/// UUIDs of the Bluetooth SIG (Assigned Numbers, section 3), spelt out as BlueZ shows them.
enum GATT {
    static let heartRateService = expanded("180d")
    static let deviceInformationService = expanded("180a")
    static let heartRateMeasurement = expanded("2a37")
    static let heartRateControlPoint = expanded("2a39")

    /// A 16-bit UUID on the Bluetooth Base UUID (Core Specification, volume 3, part B, section 2.5.1).
    static func expanded(_ short: String) -> String { "0000\(short)-0000-1000-8000-00805f9b34fb" }
}

/// A characteristic with a detail of a strap. The details are read once a connection, in this order.
enum StrapCharacteristic: String, Sendable, CaseIterable {
    case bodySensorLocation = "2a38"
    // Device Information (0x180A)
    case manufacturerName = "2a29"
    case modelNumber = "2a24"
    case serialNumber = "2a25"
    case firmwareRevision = "2a26"
}
