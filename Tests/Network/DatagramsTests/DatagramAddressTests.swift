import Datagrams
import Testing

@Suite struct DatagramAddressTests {
    @Test(arguments: [
        ("127.0.0.1:9001", "127.0.0.1", 9001, "127.0.0.1:9001"), ("127.0.0.1", "127.0.0.1", 9000, "127.0.0.1:9000"),
        ("[::1]:9001", "::1", 9001, "[::1]:9001"), ("[::1]", "::1", 9000, "[::1]:9000"),
        ("::1", "::1", 9000, "[::1]:9000"), ("fe80::1%eth0", "fe80::1%eth0", 9000, "[fe80::1%eth0]:9000"),
        ("pc.local:65535", "pc.local", 65535, "pc.local:65535"), ("my_pc", "my_pc", 9000, "my_pc:9000"),
    ])
    func init_withAHostAndPerhapsAPort_readsBoth(_ text: String, _ host: String, _ port: Int, _ shown: String) throws {
        let address = try DatagramAddress(text, standardPort: 9000)
        #expect(address.host == host && Int(address.port) == port && address.description == shown)
    }

    @Test(arguments: [
        "", ":9000", "pc:", "pc:0", "pc:65536", "pc:+9", "pc:nine", "[::1", "[::1]9000", "[]:9000", "http://pc:9000",
        "pc 2", "pc,other", "[a[b]:1",
    ])
    func init_withAnythingElse_throws(_ text: String) {
        #expect(throws: DatagramAddress.Problem.self) { try DatagramAddress(text, standardPort: 9000) }
    }
}
