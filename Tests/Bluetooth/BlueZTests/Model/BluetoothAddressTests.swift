import BlueZ
import Testing

@Suite struct BluetoothAddressTests {
    @Test(arguments: ["c4:11:22:33:44:5f", "C4-11-22-33-44-5F", "C4:11:22:33:44:5F"])
    func address_inAnyUsualSpelling_isTheSame(text: String) {
        #expect(BluetoothAddress(text)?.description == "C4:11:22:33:44:5F")
    }

    @Test(arguments: [
        "", "C4:11:22:33:44", "C4:11:22:33:44:5F:00", "C4:11:22:33:44:5", "C4:11:22:33:44:5G", "C41122334455",
        "C4:11:22:33:44:٥٥",
    ])
    func address_ofAnythingElse_isNil(text: String) {
        #expect(BluetoothAddress(text) == nil)
    }
}
