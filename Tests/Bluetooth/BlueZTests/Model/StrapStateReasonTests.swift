import Testing

@testable import BlueZ

@Suite struct StrapStateReasonTests {
    private static let address = BluetoothAddress("00:1A:7D:DA:71:13")

    @Test(
        arguments: [
            (.busUnreachable("no socket"), "sudo systemctl start dbus"), (.bluetoothdMissing, "sudo systemctl start"),
            (.adapterMissing(nil), "plug one in"), (.adapterMissing(address), "bluetoothctl list"),
            (.noSkinContact, "moisten the electrodes"),
        ] as [(StrapState.Reason, String)])
    func reason_thatTheUserCanRemove_namesTheNextStep(reason: StrapState.Reason, step: String) {
        #expect("\(reason)".contains(step), "\(reason)")
    }
}
