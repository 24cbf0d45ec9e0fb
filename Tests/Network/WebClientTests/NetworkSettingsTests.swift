import FoundationEssentials
import Glibc
import Subprocess
import TestKit
import Testing

@testable import WebClient

/// Real TLS servers (openssl), real sockets, and proxies that speak their protocol byte by byte.
@Suite(.timeLimit(.minutes(10))) struct NetworkSettingsTests {
    private func client(_ network: NetworkSettings) -> WebClient { WebClient(limits: .patient, network: network) }

    private func get(_ url: String, _ network: NetworkSettings) async throws -> WebResponse {
        try await client(network).send(
            to: RequestTemplate(.get, ServiceAddress(url), path: "/"), headers: [("Authorization", "Bearer sesame")])
    }

    private func proxy(_ url: String, login: String? = nil, except: [String] = []) throws -> NetworkSettings {
        NetworkSettings(
            proxy: .init(
                address: try ProxyAddress(url), login: try login.map { try #require(ProxyLogin($0)) },
                exceptions: except))
    }

    // MARK: Certificates

    @Test func send_toAServerWithACertificateOfItsOwn_isTrustedWhereTheFileIsGiven() async throws {
        try await UnknownServer.run { port, certificate in
            let network = NetworkSettings(certificates: try ExtraCertificates(file: certificate))
            #expect(try await get("https://localhost:\(port)", network).status == 200)
        }
    }

    @Test func send_withExtraCertificates_stillTrustsWhomTheSystemTrusts_andNobodyElse() async throws {
        try await UnknownServer.run { port, own in
            try await UnknownServer.run { systemPort, systemCertificate in
                // The system's folder, with one authority in it: each stands under its hash.
                let system = TemporaryDirectory()
                try FileManager.default.copyItem(atPath: systemCertificate, toPath: system.file("ca.pem"))
                let rehashed = try await Subprocess.run(
                    .name("openssl"), arguments: ["rehash", system.path], input: .none, output: .discarded,
                    error: .discarded)
                #expect(rehashed.terminationStatus == .exited(0))
                var network = NetworkSettings(certificates: try ExtraCertificates(file: own))
                network.systemCertificateFolder = system.path
                #expect(try await get("https://localhost:\(port)", network).status == 200)
                #expect(try await get("https://localhost:\(systemPort)", network).status == 200)
            }
            try await UnknownServer.run { port in
                let network = NetworkSettings(certificates: try ExtraCertificates(file: own))
                let error = await #expect(throws: WebError.self) { try await get("https://localhost:\(port)", network) }
                #expect(error?.code == .tls)
            }
        }
    }

    @Test func send_toAServerThatSpeaksOldTLSOnly_saysTLS() async throws {
        try await UnknownServer.run(options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]) { port, certificate in
            let network = NetworkSettings(certificates: try ExtraCertificates(file: certificate))
            let error = await #expect(throws: WebError.self) { try await get("https://localhost:\(port)", network) }
            #expect(error?.code == .tls)
            #expect(error?.mayHaveArrived == false)
        }
    }

    @Test func certificates_thatAreNone_sayWhatIsWanted() throws {
        let folder = TemporaryDirectory()
        try Data("no".utf8).write(to: URL(filePath: folder.file("ca.pem")))
        let error = #expect(throws: ExtraCertificates.Failure.self) {
            try ExtraCertificates(file: folder.file("ca.pem"))
        }
        #expect(error?.description.contains("-----BEGIN CERTIFICATE-----") == true)
        #expect(throws: ExtraCertificates.Failure.self) { try ExtraCertificates(file: folder.file("none")) }
    }

    // MARK: Proxies

    @Test func send_ofTLSThroughAProxy_isATunnelInWhichTheProxySeesNoToken() async throws {
        try await UnknownServer.run { port, certificate in
            try await ConnectProxy.run(login: "Basic YW5uYTpzZXNhbWU=") { server, requests in
                var network = try proxy(server.url, login: "anna:sesame")
                network.certificates = try ExtraCertificates(file: certificate)
                #expect(try await get("https://localhost:\(port)", network).status == 200)
                #expect(requests.all.map(\.method) == ["CONNECT"])
                #expect(requests.all.first?.target == "localhost:\(port)")
                #expect(requests.all.first?.header("Authorization") == nil)
            }
        }
    }

    @Test func send_throughAProxyThatRefuses_saysSoWithoutTheLogin() async throws {
        try await ConnectProxy.run(login: "Basic other") { server, _ in
            let error = await #expect(throws: WebError.self) {
                try await get("https://strapline.invalid", proxy(server.url, login: "anna:sesame"))
            }
            #expect(error?.code == .proxy)
            #expect(error?.mayHaveArrived == false)
            #expect(error?.description.contains("407") == true)
            #expect(error?.description.contains("sesame") == false)
        }
    }

    @Test func send_ofPlainHTTPThroughAProxy_asksTheProxy_butNotForAnException() async throws {
        try await StubServer.run(answering: [StubAnswer(200, body: "proxy")]) { proxyServer, requests in
            let through = try proxy(proxyServer.url)
            #expect(try await get("http://strapline.invalid:81", through).text == "proxy")
            #expect(requests.all.first?.target == "http://strapline.invalid:81/")
            try await StubServer.run(answering: [StubAnswer(200, body: "direct")]) { server, _ in
                let exempt = try proxy(proxyServer.url, except: ["example.net", "127.0.0.0/8"])
                #expect(try await get(server.url, exempt).text == "direct")
            }
        }
    }

    @Test func send_throughASOCKSProxy_letsItLookTheNameUp() async throws {
        let named = Recorder<String>()
        try await StubServer.run { connection in
            // RFC 1928: version 5, the methods on offer; then the place, as a name.
            guard let offer = try await connection.read(2), offer[0] == 5 else { return }
            _ = try await connection.read(Int(offer[1]))
            try await connection.send([5, 0])
            guard let head = try await connection.read(5), head[3] == 3,
                let name = try await connection.read(Int(head[4])), try await connection.read(2) != nil
            else { return }
            named.append(String(decoding: name, as: UTF8.self))
            try await connection.send([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            while try await connection.request() != nil { try await connection.answer(StubAnswer(200, body: "far")) }
        } during: { server in
            let network = try proxy("socks5h://127.0.0.1:\(server.port)")
            #expect(try await get("http://strapline.invalid", network).text == "far")
            #expect(named.all == ["strapline.invalid"])
        }
    }

    @Test func send_throughAProxyThatIsNotThere_saysSo() async throws {
        let deaf = DeafPort()
        let network = try proxy("http://127.0.0.1:\(deaf.port)")
        let error = await #expect(throws: WebError.self) { try await get("http://strapline.invalid", network) }
        #expect(error?.code == .connectionRefused)
        #expect(error?.mayHaveArrived == false)
    }

    @Test(arguments: ["http://proxy:3128", "https://[::1]:8080", "socks5h://127.0.0.1:1080", "HTTP://proxy"])
    func proxyAddress_isRead(text: String) throws {
        #expect(try ProxyAddress(text).description.lowercased() == text.lowercased())
    }

    @Test(arguments: ["proxy:3128", "socks5://proxy", "http://anna:sesame@proxy", "http://proxy/path", "http://"])
    func proxyAddress_thatIsNone_isRefusedWithoutItsLogin(text: String) {
        let error = #expect(throws: ServiceAddressError.self) { try ProxyAddress(text) }
        #expect(error?.description.contains("sesame") == false)
        #expect(error?.description.contains("socks5h://") == true)
    }

    @Test func proxyLogin_showsItselfNowhere() throws {
        #expect(ProxyLogin("\u{FEFF}anna:sesame\r\n") == ProxyLogin("anna:sesame"))
        #expect(ProxyLogin("a\0n\0:\0s\0") == nil)
        let login = try #require(ProxyLogin("anna:sesame:2\n"))
        var dumped = ""
        dump(login, to: &dumped)
        for text in ["\(login)", String(reflecting: login), dumped] { #expect(!text.contains("sesame")) }
        #expect(ProxyLogin("anna") == nil)
        #expect(ProxyLogin(":sesame") == nil)
    }
}
