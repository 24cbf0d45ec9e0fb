import MQTT
import Testing

@Suite struct MQTTAddressTests {
    @Test(arguments: [
        ("mqtt://homeassistant.local", "homeassistant.local", 1883, false),
        ("mqtts://broker.example.net", "broker.example.net", 8883, true),
        ("MQTT://192.168.1.5:1884/", "192.168.1.5", 1884, false),
        ("mqtt://[fd00::1]", "fd00::1", 1883, false),
        ("mqtts://[::1]:1883", "::1", 1883, true),
        ("mqtt://localhost:80", "localhost", 80, false),
    ])
    func address_whenItIsOne_hasHostPortAndTLS(_ text: String, _ host: String, _ port: Int, _ isSecure: Bool) throws {
        let address = try MQTTAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isSecure == isSecure)
    }

    @Test(arguments: [
        "", "homeassistant.local", "localhost:1883", "http://localhost", "tcp://localhost", "mqtt://", "mqtt://:1883",
        "mqtt://host:0", "mqtt://host:65536", "mqtt://host:port", "mqtt://host/topic", "mqtt://ho st", "mqtt://[::1",
    ])
    func address_whenItIsNone_isExplained(_ text: String) throws {
        let problem = try #require(throws: MQTTAddress.Problem.self) { try MQTTAddress(text) }
        #expect(problem.description.contains("mqtt://homeassistant.local"))
    }

    @Test func address_whenItHasALogin_isRefusedWithoutShowingIt() throws {
        for scheme in ["mqtt://", "http://", "tcp:", ""] {
            let problem = try #require(throws: MQTTAddress.Problem.self) { try MQTTAddress("\(scheme)me:secret@host") }
            #expect(problem.description.contains("password_file") == (scheme == "mqtt://"))
            #expect(!problem.description.contains("secret"))
        }
    }

    @Test(
        arguments: [
            ("mqtt://localhost", nil), ("mqtt://127.0.0.1:1884", nil), ("mqtts://broker.example.net", nil),
            ("mqtt://homeassistant.local", "on this network"), ("mqtt://192.168.1.5", "on this network"),
            ("mqtt://broker.example.net", "on the way"), ("mqtt://8.8.8.8", "on the way"),
        ] as [(String, String?)])
    func warning_whenOthersCanRead_saysWhere(_ text: String, _ part: String?) throws {
        let warning = try MQTTAddress(text).encryptionWarning
        #expect((warning == nil) == (part == nil))
        if let part { #expect(warning?.contains(part) == true) }
    }
}
