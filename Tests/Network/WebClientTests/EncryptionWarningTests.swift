import Testing

@testable import WebClient

@Suite struct EncryptionWarningTests {
    @Test(arguments: [
        "https://hub.example.org", "https://192.168.1.7:8080", "http://localhost:8080", "http://LOCALHOST",
        "http://hub.localhost", "http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:8080",
        "http://[::ffff:127.0.0.1]",
    ])
    func address_withTLSOrOnThisMachine_isNotWarnedOf(address: String) throws {
        #expect(try ServiceAddress(address).encryptionWarning == nil)
    }

    @Test(arguments: [
        "http://192.168.1.7:8080", "http://10.0.0.5/heart", "http://172.20.0.1", "http://169.254.1.1",
        "http://100.101.1.1",
        "http://[fe80::1]:8080", "http://[fd12::1]", "http://[::ffff:192.168.1.7]", "http://raspberrypi:8080",
        "http://raspberrypi.local", "http://box.home.arpa",
    ])
    func address_onTheLocalNetwork_isWarnedOf_inCalmWords(address: String) throws {
        let warning = try #require(ServiceAddress(address).encryptionWarning)
        #expect(warning.hasPrefix("\(address) is not encrypted"))
        #expect(warning.contains("In a home network you may accept that."))
    }

    @Test(arguments: [
        "http://hub.example.org", "http://203.0.113.9:8080", "http://172.32.0.1", "http://192.169.1.1",
        "http://[2001:db8::1]",
        "http://localhost.example.org", "http://127.0.0.1.example.org", "http://[::ffff:203.0.113.9]",
    ])
    func address_beyond_isWarnedOf(address: String) throws {
        let warning = try #require(ServiceAddress(address).encryptionWarning)
        #expect(warning.contains("the token can be used by every reader"))
        #expect(!warning.contains("home network"))
    }
}
