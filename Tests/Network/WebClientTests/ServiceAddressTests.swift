import Testing

@testable import WebClient

@Suite struct ServiceAddressTests {
    @Test(arguments: [
        ("https://dev.pulsoid.net", true, "dev.pulsoid.net", 443, ""),
        ("HTTP://hub.local:8080/", false, "hub.local", 8080, ""),
        ("http://192.168.1.7/behind/a/proxy//", false, "192.168.1.7", 80, "/behind/a/proxy"),
        ("https://[::1]:8443", true, "::1", 8443, ""), ("http://[fe80::1]", false, "fe80::1", 80, ""),
    ])
    func address_isTakenApart(text: String, isSecure: Bool, host: String, port: Int, prefix: String) throws {
        let address = try ServiceAddress(text)
        #expect(address.isSecure == isSecure)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.prefix == prefix)
        #expect(try ServiceAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "dev.pulsoid.net", "ftp://a", "https://", "https:///x", "https://user:pw@a", "https://a:0", "https://a:x",
        "https://a:70000", "https://a?b=c", "https://a#b", "https://[::1", "https://a b", "https://a\nb",
        "https://caf\u{e9}", "https://[::1]8443", "https://[[::1]", "https://a]", "https://a\u{13}b",
    ])
    func address_whenItIsNone_saysHowToWriteOne(text: String) {
        let error = #expect(throws: ServiceAddressError.self) { try ServiceAddress(text) }
        #expect(error?.description.contains("https://dev.pulsoid.net") == true)
    }

    @Test(arguments: [
        ("https://a/hook/", "https://a/hook", "https://a/hook/"),
        ("https://a/hook?key=k&x=/", "https://a/hook", "https://a/hook?key=k&x=/"),
        ("https://a?key=k", "https://a", "https://a?key=k"), ("http://a:81", "http://a:81", "http://a:81"),
    ])
    func resource_isUsedAsItStands_andShownWithoutItsQuery(text: String, shown: String, url: String) throws {
        let address = try ServiceAddress(resource: text)
        #expect(address.description == shown)
        #expect(try RequestTemplate(.post, resource: address).url == url)
    }

    @Test func resource_withAnotherQuery_isAnotherAddress() throws {
        #expect(try ServiceAddress(resource: "https://a/b?c=1") != ServiceAddress(resource: "https://a/b?c=2"))
    }

    @Test(arguments: ["", "a.example/hook", "https://?x", "https://user:pw@a/b", "https://a/b#c", "https://a/b c"])
    func resource_whenItIsNone_isRefused(text: String) {
        #expect(throws: ServiceAddressError.self) { try ServiceAddress(resource: text) }
    }

    @Test func percentEncoded_leavesUnreservedCharactersAlone() {
        #expect(ServiceAddress.percentEncoded("aZ09-._~") == "aZ09-._~")
        #expect(ServiceAddress.percentEncoded("a/b ?é") == "a%2Fb%20%3F%C3%A9")
    }
}
