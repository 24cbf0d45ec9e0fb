import TestKit
import Timing

@testable import BlueZ
@testable import DBus

/// Objects like those of bluetoothd, changed at random or by calls. Each change returns the updates of a mirror.
struct MirroredWorld {
    private typealias Interface = BlueZSnapshot.Interface

    private(set) var objects = MirroredObjects()

    static func adapter(isPowered: Bool = true, isDiscovering: Bool = false) -> [String: BusValue] {
        [
            "Address": .string("00:AA:01:00:00:42"), "Powered": .boolean(isPowered),
            "Discovering": .boolean(isDiscovering),
        ]
    }

    static func device(
        _ number: Int, on adapter: ObjectPath = Scenery.hci0, _ more: [String: BusValue] = [:]
    ) -> [String: BusValue] {
        let properties: [String: BusValue] = [
            "Address": .string(Scenery.strap(number).address.description), "Adapter": .objectPath(adapter),
            "UUIDs": .strings([GATT.heartRateService]), "AddressType": .string("random"),
        ]
        return properties.merging(more) { $1 }
    }

    @discardableResult
    mutating func add(_ path: ObjectPath, _ interface: String, _ properties: [String: BusValue]) -> [MirrorUpdate] {
        objects.add([interface: properties], at: path).map(MirrorUpdate.changed)
    }

    mutating func remove(_ path: ObjectPath, _ interface: String) -> [MirrorUpdate] {
        objects.remove([interface], at: path).map(MirrorUpdate.changed)
    }

    mutating func change(
        _ path: ObjectPath, _ interface: String, _ properties: [String: BusValue], invalidated: [String] = []
    ) -> [MirrorUpdate] {
        objects.change(properties, invalidated: invalidated, of: interface, at: path).map(MirrorUpdate.changed)
    }

    mutating func changeAtRandom(_ random: inout SplitMix64) -> [MirrorUpdate] {
        let adapter = Bool.random(using: &random) ? Scenery.hci0 : Scenery.hci1
        let number = Int.random(in: 1...4, using: &random)
        let device = Scenery.devicePath(number, on: adapter)
        switch Int.random(in: 0..<20, using: &random) {
        case 0:
            return add(
                adapter, Interface.adapter,
                Self.adapter(
                    isPowered: Bool.random(using: &random), isDiscovering: Bool.random(using: &random)))
        case 1: return remove(adapter, Interface.adapter)
        case 2: return change(adapter, Interface.adapter, ["Discovering": .boolean(Bool.random(using: &random))])
        case 3...5: return add(device, Interface.device, Self.device(number, on: adapter, some(&random)))
        case 6: return remove(device, Interface.device)
        case 7...11: return change(device, Interface.device, some(&random), invalidated: invalidated(&random))
        case 12: return add(device, Interface.battery, ["Percentage": .byte(UInt8.random(in: 0...100, using: &random))])
        case 13: return change(device, Interface.battery, ["Percentage": .byte(7)])
        case 14: return remove(device, Interface.battery)
        case 15: return [.loaded]
        default: return changeAttribute(of: device, &random)
        }
    }

    private func some(_ random: inout SplitMix64) -> [String: BusValue] {
        let polar: BusValue = .dictionary(
            key: "q", value: "v", [.uint16(0x006B): .variant(.bytes([0x3B, 0x1B, 0x54, 0x52]))])
        let all: [(String, [BusValue])] = [
            ("RSSI", [.int16(-40), .int16(-60)]), ("Name", [.string("Strap"), .string("Watch")]),
            ("Alias", [.string("Strap"), .string("Mine")]),
            ("UUIDs", [.strings([]), .strings([GATT.heartRateService])]),
            ("ManufacturerData", [polar, .dictionary(key: "q", value: "v", [:])]),
            ("Connected", [.boolean(true), .boolean(false)]), ("Paired", [.boolean(true), .boolean(false)]),
            ("Trusted", [.boolean(true)]), ("ServicesResolved", [.boolean(true), .boolean(false)]),
            // Not shaped as it should be.
            ("Address", [.string("C4:00:00:00:00:02"), .boolean(false)]),
        ]
        var properties: [String: BusValue] = [:]
        for (name, values) in all where Int.random(in: 0..<4, using: &random) == 0 {
            properties[name] = values.randomElement(using: &random)
        }
        return properties
    }

    private func invalidated(_ random: inout SplitMix64) -> [String] {
        ["RSSI", "Name", "Connected", "ManufacturerData"].filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
    }

    private mutating func changeAttribute(of device: ObjectPath, _ random: inout SplitMix64) -> [MirrorUpdate] {
        guard let service = device.appending("service000e"),
            let characteristic = service.appending(
                ["char000f", "char0011", "char0013"].randomElement(using: &random) ?? "")
        else { return [] }
        let uuids = [GATT.heartRateMeasurement, GATT.heartRateControlPoint, GATT.expanded("2a29")]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return add(service, Interface.service, ["Device": .objectPath(device)])
        case 1: return remove(service, Interface.service)
        case 2: return remove(characteristic, Interface.characteristic)
        default:
            return add(
                characteristic, Interface.characteristic,
                [
                    "UUID": .string(uuids.randomElement(using: &random) ?? ""), "Service": .objectPath(service),
                    "Flags": .strings(["notify"]),
                ])
        }
    }
}
