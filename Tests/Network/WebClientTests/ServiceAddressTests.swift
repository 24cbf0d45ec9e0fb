import Testing

@testable import WebClient

@Suite struct ServiceAddressTests {
    @Test(arguments: [
        ("heart.local:8080", "http://heart.local:8080"), ("127.0.0.1", "http://127.0.0.1"),
        ("localhost", "http://localhost"), ("[::1]:8080/hub/", "http://[::1]:8080/hub"),
        ("dev.pulsoid.net", "https://dev.pulsoid.net"), ("heart.local", "http://heart.local"),
        ("hub.example/heart", "https://hub.example/heart"),
    ])
    func address_withoutAScheme_isAnsweredWithTheWholeOne(text: String, whole: String) {
        let error = #expect(throws: ServiceAddressError.self) { try ServiceAddress(text) }
        let end = "begins with neither https:// nor http://. Write it like \(whole)."
        #expect(error?.description.hasSuffix(end) == true)
    }

    @Test(arguments: ["htp://x", "x", "anna:secret@heart.local", "mqtt://heart.local", "a b.local", ":80", "", "hub:0"])
    func address_thatLacksMore_isAnsweredWithExamples(text: String) {
        let error = #expect(throws: ServiceAddressError.self) { try ServiceAddress(text) }
        #expect(error?.description.contains("Write it like https://dev.pulsoid.net or http://") == true)
    }

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
        ("https://dev.pulsoid.net/api/v1/data", "https://dev.pulsoid.net"),
        ("https://dev.pulsoid.net/api/v1/data/heart_rate/latest/", "https://dev.pulsoid.net"),
        ("http://heart.local:8080/behind/api/v1/token/validate", "http://heart.local:8080/behind"),
    ])
    func address_ofACall_isAnsweredWithThatOfTheService(text: String, whole: String) throws {
        let error = #expect(throws: ServiceAddressError.self) { try ServiceAddress(text) }
        #expect(error?.description.hasSuffix("which is added by itself. Write it like \(whole).") == true)
        #expect(try ServiceAddress(resource: text).host == ServiceAddress(whole).host)
        #expect(try ServiceAddress("\(whole)/api/v1/database").prefix.hasSuffix("/api/v1/database"))
    }

    @Test(arguments: ["https://a/My Sessions", "https://a/\u{dc}bung", "https://a/\u{1b}[31m", "https://a/b c?d=e"])
    func address_withACharacterThatMustBeEncoded_saysSo(text: String) {
        for isResource in [false, true] {
            let error = #expect(throws: ServiceAddressError.self) {
                isResource ? try ServiceAddress(resource: text) : try ServiceAddress(text)
            }
            #expect(error?.description.contains("must be percent-encoded") == true)
            #expect(error?.description.contains("\u{1b}") == false)
        }
    }

    /// An error ends up in a log.
    @Test(arguments: [
        "https://anna:hunter22@a/dav", "https://anna:hun/ter22@a", "ftp://anna:hunter22@a", "https://a:x?key=hunter22",
        "https://anna:hun#ter22@a", "https:/anna:hunter22@a", "https://a/b c?key=hunter22", "https://@hunter22@a",
    ])
    func address_whenItIsNone_isShownWithoutItsSecrets(text: String) {
        for isResource in [false, true] {
            let error = #expect(throws: ServiceAddressError.self) {
                isResource ? try ServiceAddress(resource: text) : try ServiceAddress(text)
            }
            #expect(error?.description.contains("ter22") == false, "\(text)")
        }
        let short = #expect(throws: ServiceAddressError.self) { try ServiceAddress("https://a?db=d") }
        #expect(short?.address == "https://a?db=d")
        let login = #expect(throws: ServiceAddressError.self) { try ServiceAddress("https://anna:hunter22@a/dav") }
        #expect(
            login?.description.hasPrefix("The address \"…@a/dav\" holds a login, which belongs into a file") == true)
    }

    @Test(arguments: [
        ("https://discord.example/api/webhooks/1234567890/Abc-dEF_0123456789", "/api/webhooks/1234567890/…"),
        ("http://a/webhook/0f8fad5b-d9cb-469f-a165-70867728950e/x?y=z", "/webhook/…/x"),
        (
            "http://a/remote.php/dav/files/anna/a-folder-with-a-long-name",
            "/remote.php/dav/files/anna/a-folder-with-a-long-name"
        ),
        ("http://a", ""), ("http://a/api/v1", "/api/v1"),
    ])
    func address_inALog_hasNoPartThatMayBeASecret(text: String, path: String) throws {
        let address = try ServiceAddress(resource: text)
        #expect(address.shown.hasSuffix("\(address.authority)\(path)"), "\(address.shown)")
        #expect(try RequestTemplate(.post, resource: address).url == text, "it is used as it stands")
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
