import DBus
import Testing

@testable import BlueZ

/// One rule for two of a UUID.
@Suite struct CharacteristicChoiceTests {
    private static let device = "/org/bluez/hci0/dev_C4_00_00_00_00_01"

    private static func characteristic(
        _ element: String, _ uuid: String, of service: String? = GATT.heartRateService, _ flags: String...
    ) -> DeviceCharacteristic {
        guard let path = ObjectPath("\(device)/\(element)") else { preconditionFailure(element) }
        return DeviceCharacteristic(path: path, uuid: uuid, serviceUUID: service, flags: Set(flags))
    }

    private static func measurement(
        _ element: String, of service: String? = GATT.heartRateService, _ flags: String...
    )
        -> DeviceCharacteristic
    {
        var found = characteristic(element, GATT.heartRateMeasurement, of: service)
        found.flags = Set(flags)
        return found
    }

    private func elements(_ paths: [ObjectPath]) -> [String] {
        paths.map { String($0.string.dropFirst(Self.device.utf8.count + 1)) }
    }

    @Test func choice_ofTwoMeasurements_takesTheOneThatNotifies() {
        let found = [
            Self.measurement("service000a/char000f", "write"), Self.measurement("service000a/char000b", "notify"),
        ]
        #expect(
            elements(CharacteristicUse.measurement.ordered(found)) == ["service000a/char000b", "service000a/char000f"])
        #expect(
            CharacteristicUse.measurement.ordered(found.reversed()) == CharacteristicUse.measurement.ordered(found),
            "never by the order in which they are shown")
    }

    @Test func choice_whenTheNotifyingOneHasTheHigherHandle_takesIt() {
        let found = [
            Self.measurement("service000a/char000b", "read"), Self.measurement("service000a/char000f", "notify"),
        ]
        #expect(elements(CharacteristicUse.measurement.ordered(found)).first == "service000a/char000f")
    }

    @Test func choice_ofTwoThatNotify_takesTheHeartRateServiceThenTheLowestHandle() {
        let found = [
            Self.measurement("service0002/char0003", of: "6e400001-b5a3-f393-e0a9-e50e24dcca9e", "notify"),
            Self.measurement("service0040/char0041", "notify"), Self.measurement("service0010/char0011", "indicate"),
            Self.measurement("service0020/char0021", "notify"),
        ]
        #expect(
            elements(CharacteristicUse.measurement.ordered(found)) == [
                "service0020/char0021", "service0040/char0041", "service0010/char0011", "service0002/char0003",
            ])
    }

    @Test func choice_withoutFlags_takesWhatThereIs() {
        let found = [Self.measurement("service000a/char000b")]
        #expect(elements(CharacteristicUse.measurement.ordered(found)) == ["service000a/char000b"])
    }

    @Test func device_withTwoOfEverything_hasOneOfEachByTheRule() {
        let model = GATT.expanded(StrapCharacteristic.modelNumber.rawValue)
        var device = Scenery.strap()
        let found = [
            Self.measurement("service000a/char000b", "notify"), Self.measurement("service0040/char0041", "notify"),
            Self.characteristic("service000a/char000d", GATT.heartRateControlPoint, "read"),
            Self.characteristic("service0040/char0043", GATT.heartRateControlPoint, "write"),
            Self.characteristic("service0016/char0017", model, of: GATT.deviceInformationService, "read"),
            Self.characteristic("service0050/char0051", model, of: GATT.deviceInformationService, "read"),
        ]
        device.take(found.reversed())
        #expect(elements(device.measurementPaths) == ["service000a/char000b", "service0040/char0041"])
        #expect(device.controlPointPath.map { elements([$0]) } == ["service0040/char0043"])
        #expect(device.detailPaths[.modelNumber].map { elements([$0]) } == ["service0016/char0017"])
        device.take([])
        #expect(device.measurementPaths.isEmpty && device.controlPointPath == nil && device.detailPaths.isEmpty)
    }

    @Test(arguments: [("5A:11:22:33:44:55", true), ("3A:11:22:33:44:55", true), ("C4:11:22:33:44:55", false)])
    func device_withoutABond_hasAPrivateAddressByItsTopBits(address: String, isPrivate: Bool) {
        var device = Scenery.strap()
        device.address = Scenery.address(address)
        #expect(!device.hasPrivateAddress, "a public address")
        device.isAddressRandom = true
        #expect(device.hasPrivateAddress == isPrivate)
        device.isPaired = true
        #expect(!device.hasPrivateAddress, "BlueZ shows the lasting address")
    }
}
