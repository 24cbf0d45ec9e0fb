import Testing

@testable import BlueZ

@Suite struct ControllerFeaturesTests {
    @Test(arguments: [
        // a dual-mode controller of Bluetooth 5, and one of 2.1
        ([0xFF, 0xFE, 0x8F, 0xFE, 0xDB, 0xFF, 0x5B, 0x87], true),
        ([0xFF, 0xFF, 0x8F, 0xFE, 0x9B, 0xFF, 0x59, 0x83], false),
    ])
    func offersLowEnergy_isBit38OfTheFeatures(bytes: [UInt8], expected: Bool) {
        #expect(ControllerFeatures(bytes).offersLowEnergy == expected)
    }

    @Test func offersLowEnergy_whenTheControllerHasNotTold_isUnknown() {
        #expect(ControllerFeatures([UInt8](repeating: 0, count: 8)).offersLowEnergy == nil)
    }

    @Test(arguments: ["hci4711", "hci", "wlan0", ""])
    func features_ofNoAdapter_areNone(name: String) {
        #expect(ControllerFeatures(ofAdapter: name) == nil)
    }
}
