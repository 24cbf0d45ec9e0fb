import DBus
import HeartRate

/// The properties of BlueZ that are read.
enum BlueZProperties {
    /// For ``ObjectMirror/start(of:on:root:following:keeping:)``. Of the manufacturer data of a device only Polar's is
    /// read.
    static let kept = [
        BlueZSnapshot.Interface.device: KeptProperties(
            [
                "Address", "AddressType", "Adapter", "Name", "Alias", "UUIDs", "RSSI", "Connected", "Paired", "Trusted",
                "ServicesResolved", "Bonded", "Blocked", "WakeAllowed",
            ], readingPartly: ["ManufacturerData": readPolarData])
    ]

    /// Properties of a device that change because of this machine, and not because the device was heard.
    private static let setHere: Set<String> = [
        "Connected", "ServicesResolved", "Paired", "Bonded", "Trusted", "Blocked", "WakeAllowed",
    ]

    /// Properties that identify a device.
    private static let identifying: Set<String> = ["Address", "Adapter", "Name", "Alias", "UUIDs", "Connected"]

    /// Whether a change shows that the device was received: any new value that this machine has not set. A removed
    /// value does not count: BlueZ removes signal strengths at the end of a scan.
    static func isHearing(_ properties: [String: BusValue], invalidated: [String]) -> Bool {
        if properties.isEmpty { return invalidated.isEmpty }
        return properties.keys.contains { !setHere.contains($0) }
    }

    /// Whether a change may make a device one that fits a selector.
    static func mayIdentify(_ properties: [String: BusValue]) -> Bool {
        properties.contains { name, value in
            name == "ManufacturerData" ? value.dictionary?.isEmpty == false : identifying.contains(name)
        }
    }

    private static let noData = BusValue.dictionary(key: "q", value: "v", [:])

    /// Reads the entry of Polar from an `a{qv}`.
    private static let readPolarData: KeptProperties.Reader = { (reader) throws(BusError) in
        var content: [UInt8]?
        try reader.readArray { (entries) throws(BusError) in
            try entries.readEntry { (entry) throws(BusError) in
                guard try entry.readUInt16() == PolarBroadcast.companyIdentifier else { return }
                content = try entry.readVariant { (value) throws(BusError) in try value.readBytes() }
            }
        }
        guard let content else { return noData }
        return .dictionary(key: "q", value: "v", [.uint16(PolarBroadcast.companyIdentifier): .variant(.bytes(content))])
    }
}
