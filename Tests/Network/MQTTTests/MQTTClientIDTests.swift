import FoundationEssentials
import MQTT
import TestKit
import Testing

@Suite struct MQTTClientIDTests {
    private static let machine = "0123456789abcdef0123456789abcdef"

    @Test func clientID_whenMachineAndNameAreTheSame_isTheSame() {
        let id = MQTTClientID.derived(from: Self.machine, name: "mqtt")
        #expect(id == MQTTClientID.derived(from: Self.machine, name: "mqtt"))
        #expect(id.utf8.count == 22)
        #expect(id.hasPrefix("strapline-"))
        #expect(!id.contains(Self.machine.prefix(8)))
    }

    @Test func clientID_whenMachineOrNameDiffers_differs() {
        let id = MQTTClientID.derived(from: Self.machine, name: "mqtt")
        #expect(id != MQTTClientID.derived(from: Self.machine, name: "mqtt2"))
        #expect(id != MQTTClientID.derived(from: String(Self.machine.reversed()), name: "mqtt"))
    }

    @Test(arguments: ["", "uninitialized\n", "short"])
    func machineID_whenTheFileHasNone_isTheHostName(_ content: String) throws {
        let folder = TemporaryDirectory()
        try Data(content.utf8).write(to: URL(filePath: folder.file("machine-id")))
        let name = MQTTClientID.machineID(path: folder.file("machine-id"))
        #expect(!name.isEmpty)
        #expect(name == MQTTClientID.machineID(path: folder.file("missing")))
    }

    @Test func machineID_whenTheFileHasOne_isIt() throws {
        let folder = TemporaryDirectory()
        try Data((Self.machine + "\n").utf8).write(to: URL(filePath: folder.file("machine-id")))
        #expect(MQTTClientID.machineID(path: folder.file("machine-id")) == Self.machine)
    }
}
