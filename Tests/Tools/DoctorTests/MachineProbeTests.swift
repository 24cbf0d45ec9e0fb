import BlueZ
import Testing

@testable import Doctor

@Suite(.timeLimit(.minutes(10))) struct MachineProbeTests {
    private let tree = SystemTree()

    private func facts(offersLowEnergy: Bool? = nil) async -> MachineFacts {
        await MachineProbe(files: tree.files, offersLowEnergy: { _ in offersLowEnergy }).facts()
    }

    @Test func facts_ofAnEmptyMachine_areFew() async {
        #expect(await facts() == MachineFacts(bluetoothd: .notFound))
    }

    @Test func facts_ofARaspberryPi_nameItsRadios() async throws {
        try tree.write("Raspberry Pi 4 Model B Rev 1.4\0", to: "/sys/firmware/devicetree/base/model")
        try tree.link(
            "/sys/class/bluetooth/hci0",
            to: "../../devices/platform/soc/fe201000.serial/serial0/serial0-0/bluetooth/hci0")
        try tree.link(
            "/sys/class/bluetooth/hci1", to: "../../devices/pci0000:00/usb1/1-1/1-1.2/1-1.2:1.0/bluetooth/hci1")
        try tree.link("/sys/class/bluetooth/hci0:64", to: "elsewhere")
        try tree.write("", to: "/sys/class/net/wlan0/phy80211/name")
        try tree.write("up\n", to: "/sys/class/net/wlan0/operstate")
        try tree.write("", to: "/sys/class/net/wlan1/phy80211/name")
        try tree.write("down\n", to: "/sys/class/net/wlan1/operstate")
        try tree.write("up\n", to: "/sys/class/net/eth0/operstate")
        let facts = await facts(offersLowEnergy: true)
        #expect(facts.boardModel == "Raspberry Pi 4 Model B Rev 1.4")
        #expect(facts.controllers.map(\.name) == ["hci0", "hci1"])
        #expect(facts.controllers.map(\.isOnSerialLine) == [true, false])
        #expect(facts.controllers.map(\.offersLowEnergy) == [true, true])
        #expect(facts.wirelessInterfaces == ["wlan0"])
    }

    @Test func facts_ofRadioSwitches_areThoseOfBluetooth() async throws {
        for (index, type) in ["wlan", "bluetooth"].enumerated() {
            let folder = "/sys/class/rfkill/rfkill\(index)"
            try tree.write("\(type)\n", to: folder + "/type")
            try tree.write("radio\(index)\n", to: folder + "/name")
            try tree.write("1\n", to: folder + "/soft")
            try tree.write("0\n", to: folder + "/hard")
        }
        let expected = RadioSwitch(name: "radio1", block: .soft)
        #expect(await facts().radioSwitches == [expected])
    }

    @Test func facts_ofTheConnectionInterval_comeFromTheKernelAndFromTheConfiguration() async throws {
        try tree.link("/sys/class/bluetooth/hci0", to: "../../devices/usb/bluetooth/hci0")
        try tree.write("40\n", to: "/sys/kernel/debug/bluetooth/hci0/conn_max_interval")
        try tree.write("[LE]\nMaxConnectionInterval = 400\n", to: "/etc/bluetooth/main.conf")
        let facts = await facts()
        #expect(facts.controllers.map(\.maxConnectionInterval) == [40])
        #expect(facts.configuredMaxConnectionInterval == 400)
    }

    @Test(arguments: [
        ("[LE]\nMaxConnectionInterval=400", 400), ("[LE]\r\n MaxConnectionInterval = 56 \r\n", 56),
        ("[LE]\n#MaxConnectionInterval=400", nil), ("[BR]\nMaxConnectionInterval=400\n[LE]\n", nil),
        ("MaxConnectionInterval=400", nil), ("[LE]\nMaxConnectionInterval", nil), ("", nil),
    ])
    func configuration_isReadAsBluetoothdDoes(text: String, expected: Int?) {
        #expect(BluetoothdConfiguration(text).maxConnectionInterval == expected)
    }
}
