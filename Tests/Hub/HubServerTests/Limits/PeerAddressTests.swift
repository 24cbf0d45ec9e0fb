import HTTPTypes
import NIOCore
import Testing

@testable import HubServer

@Suite struct PeerAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:4711", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"), ("[2001:db8::1]:443", "2001:db8::1"),
        ("::1", "::1"), ("0.0.0.1", "0.0.0.1"), ("", nil), ("unknown", nil), ("_hidden", nil), ("192.0.2", nil),
        ("192.0.2.1:http", nil), ("[2001:db8::1", nil), ("[2001:db8::1]x", nil), ("1.2.3.4\n", nil),
        ("fe80::1%eth0", nil),
    ])
    func address_asHeadersWriteIt_isRead(text: String, description: String?) {
        #expect(PeerAddress(text)?.description == description)
    }

    @Test func address_ofAConnection_isTheSame() throws {
        for text in ["192.0.2.1", "2001:db8::1", "::1"] {
            let socket = try SocketAddress(ipAddress: text, port: 80)
            #expect(PeerAddress(socket).description == text)
        }
        let mapped = try SocketAddress(ipAddress: "::ffff:192.0.2.1", port: 80)
        #expect(PeerAddress(mapped).network == PeerAddress("192.0.2.1")?.network)
        #expect(PeerAddress(nil).description == "unknown")
    }

    @Test func network_ofIPv6_isThe64() {
        func network(_ text: String) -> PeerAddress.Network? { PeerAddress(text)?.network }
        #expect(network("2001:db8:0:1::1") == network("2001:db8:0:1:ffff:ffff:ffff:ffff"))
        #expect(network("2001:db8:0:1::1") != network("2001:db8:0:2::1"))
        #expect(network("192.0.2.1") != network("192.0.2.2"))
        #expect(network("192.0.2.1") == network("192.0.2.1"))
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.9.8.7", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db8:9::1", true), ("2001:db8::/32", "2001:db9::1", false), ("::/0", "192.0.2.1", false),
        ("127.0.0.1", "::ffff:127.0.0.1", true), ("::1", "::1", true),
    ])
    func proxy_isTrusted_withinItsRange(range: String, address: String, isTrusted: Bool) throws {
        let proxies = TrustedProxies([try #require(TrustedProxies.Range(range))])
        #expect(proxies.trusts(try #require(PeerAddress(address))) == isTrusted)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "proxy.example", "10.0.0.1:80", "[::1]", "::1/129",
    ])
    func range_thatIsNone_isRefused(text: String) {
        #expect(TrustedProxies.Range(text) == nil)
    }

    @Test(arguments: [
        // Headers of a connection from elsewhere mean nothing.
        ("192.0.2.9", "203.0.113.1", nil, "192.0.2.9"),
        ("127.0.0.1", nil, nil, "127.0.0.1"),
        ("127.0.0.1", "203.0.113.1", nil, "203.0.113.1"),
        // Entries before the last untrusted address may be forged.
        ("127.0.0.1", "198.51.100.7, 203.0.113.1", nil, "203.0.113.1"),
        ("127.0.0.1", "127.0.0.1,203.0.113.1", nil, "203.0.113.1"),
        // Two trusted proxies in a row.
        ("127.0.0.1", "198.51.100.7, 203.0.113.1, 10.0.0.5", nil, "203.0.113.1"),
        // A request of a proxy's own machine.
        ("127.0.0.1", "10.0.0.5", nil, "10.0.0.5"),
        // An entry without an address ends the list.
        ("127.0.0.1", "203.0.113.1, unknown", nil, "127.0.0.1"),
        ("127.0.0.1", "203.0.113.1, , 10.0.0.5", nil, "10.0.0.5"),
        ("127.0.0.1", "", nil, "127.0.0.1"),
        ("127.0.0.1", nil, #"for=198.51.100.7, For="[2001:db8::9]:4711";proto=https;by=10.0.0.5"#, "2001:db8::9"),
        ("127.0.0.1", nil, "proto=https", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.1", "for=198.51.100.7", "203.0.113.1"),
    ])
    func client_isWhomTheLastTrustedProxyNames(
        peer: String, forwardedFor: String?, forwarded: String?, client: String
    ) throws {
        let proxies = TrustedProxies(["127.0.0.1", "10.0.0.0/8"].compactMap(TrustedProxies.Range.init))
        var fields: HTTPFields = [:]
        if let forwardedFor { fields[try #require(HTTPField.Name("X-Forwarded-For"))] = forwardedFor }
        if let forwarded { fields[try #require(HTTPField.Name("Forwarded"))] = forwarded }
        #expect(
            proxies.client(peer: try #require(PeerAddress(peer)), fields: fields).description == client)
    }

    @Test func client_inSeveralLinesOfTheHeader_isTheLast() throws {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        var fields: HTTPFields = [:]
        fields.append(HTTPField(name: name, value: "198.51.100.7"))
        fields.append(HTTPField(name: name, value: "203.0.113.1"))
        let proxies = TrustedProxies(["127.0.0.1"].compactMap(TrustedProxies.Range.init))
        #expect(
            proxies.client(peer: try #require(PeerAddress("127.0.0.1")), fields: fields).description == "203.0.113.1")
    }
}
