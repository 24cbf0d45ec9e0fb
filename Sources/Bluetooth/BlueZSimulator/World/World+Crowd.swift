import DBus

/// Devices that are not straps, as in a gym or a train. bluetoothd shows them all, and signals each advertisement.
extension World {
    /// Another program scans, and these devices are near.
    mutating func addBystanders(_ count: Int, on adapter: String) {
        for number in bystanders.count..<bystanders.count + count {
            let digits = String(number, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            let address = "40:00:00:00:\(padded.prefix(2)):\(padded.suffix(2))"
            let path = Self.path(ofDevice: address, on: adapter)
            bystanders.append(path)
            let data: [UInt16: [UInt8]] = [0x004C: [0x10, 0x05, UInt8(truncatingIfNeeded: number)]]
            let properties: [String: BusValue] = [
                "Address": .string(address), "AddressType": .string("random"), "Alias": .string("Device \(number)"),
                "Name": .string("Device \(number)"), "Paired": .boolean(false), "Trusted": .boolean(false),
                "Blocked": .boolean(false), "Connected": .boolean(false), "ServicesResolved": .boolean(false),
                "UUIDs": .strings([]), "Adapter": .objectPath(Self.path(ofAdapter: adapter)), "RSSI": .int16(-70),
                "ManufacturerData": data.busValue,
            ]
            act(.export(path, interfaces: [BlueZName.device: properties]))
        }
    }

    /// The next ones of them advertise once.
    mutating func hearBystanders(_ count: Int) {
        guard !bystanders.isEmpty else { return }
        for _ in 0..<count {
            bystandersHeard += 1
            let strength = Int16(-60 - bystandersHeard / bystanders.count % 30)
            let data: [UInt16: [UInt8]] = [0x004C: [0x10, 0x05, UInt8(truncatingIfNeeded: bystandersHeard)]]
            let received: [String: BusValue] = ["RSSI": .int16(strength), "ManufacturerData": data.busValue]
            act(.update(bystanders[bystandersHeard % bystanders.count], interface: BlueZName.device, received))
        }
    }
}
