import Testing

@testable import LocalMetrics

@Suite struct LoopbackAddressTests {
    @Test(arguments: [
        ("127.0.0.1:9464", "127.0.0.1:9464"), ("127.1.2.3:1", "127.1.2.3:1"), ("localhost:0", "127.0.0.1:0"),
        ("[::1]:65535", "[::1]:65535"),
    ])
    func address_onLoopback_isRead(text: String, meaning: String) {
        #expect(LoopbackAddress(text)?.description == meaning)
    }

    @Test(arguments: [
        "", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "0.0.0.0:9464", "192.168.1.1:9464", "127.0.0:1",
        "127.0.0.256:1", "[::]:9464", "::1:9464", "example.net:9464",
    ])
    func address_elsewhere_isRefused(text: String) {
        #expect(LoopbackAddress(text) == nil)
    }
}
