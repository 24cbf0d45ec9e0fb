import FoundationEssentials
import Glibc
import TestKit
import Testing
import WebClient

@testable import UploaderConfiguration

@Suite struct NetworkSectionTests {
    private static let straps = "straps: [{name: a, destinations: [{service: pulsoid, token_environment: T}]}]\n"
    private let folder = TemporaryDirectory()

    private func section(_ yaml: String) throws -> NetworkSection {
        try #require(try ConfigurationFile.parse(Self.straps + "network: \(yaml)\n", path: "test").network)
    }

    @Test func settings_takeTheLoginFromAFileOrTheEnvironment() throws {
        try Data("anna:sesame\n".utf8).write(to: URL(filePath: folder.file("login")))
        let login = try #require(ProxyLogin("anna:sesame"))
        let fromFile = try section("{proxy: 'http://proxy:3128', proxy_login_file: \(folder.file("login"))}").settings()
        #expect(fromFile.proxy?.login == login)
        #expect(fromFile.proxy?.address.description == "http://proxy:3128")
        let fromEnvironment = try section(
            "{proxy: 'socks5h://proxy', proxy_login_environment: LOGIN, no_proxy: [hub.example.net]}"
        ).settings(environment: ["LOGIN": "anna:sesame"])
        #expect(fromEnvironment.proxy?.login == login)
        #expect(fromEnvironment.proxy?.exceptions == ["hub.example.net"])
    }

    @Test(arguments: [
        "{proxy: 'http://p', proxy_login_file: /none}", "{proxy: 'http://p', proxy_login_environment: NONE}",
        "{ca_file: /none}",
    ])
    func settings_ofWhatIsNotThere_sayWhat(yaml: String) throws {
        let section = try section(yaml)
        #expect(throws: NetworkSection.Problem.self) { try section.settings(environment: [:]) }
    }

    @Test(arguments: [
        ("{proxy: 'http://anna:sesame@proxy'}", "belongs into a file"), ("{proxy: 'ftp://proxy'}", "socks5h://"),
        ("{no_proxy: [a]}", "without a `proxy`"), ("{proxy_login_file: /a}", "without a `proxy`"),
        ("{proxy: 'http://p', proxy_login_file: /a, proxy_login_environment: B}", "not both"),
    ])
    func mistake_isToldWithItsLine_andNeverALogin(yaml: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) { try section(yaml) }
        #expect(error?.line == 2)
        #expect(error?.message.contains(words) == true, "\(error as Any)")
        #expect(error?.message.contains("sesame") == false)
    }

    // MARK: What `check` says

    private func problems(_ token: String, clientID: Bool = true) throws -> [String] {
        let yaml =
            "straps: [{name: a, destinations: [{service: pulsoid, \(token)}]}]\noutbox: {path: \(folder.file("o"))}\n"
        let services = clientID ? "services: {pulsoid: {client_id: c}}\n" : ""
        return PlanDescription(try UploadPlan(ConfigurationFile.parse(yaml + services, path: "test"))).problems
    }

    @Test func check_ofATokenThatCannotBeRenewed_saysSo() throws {
        let pair = #"{"access_token": "sesame-a", "refresh_token": "sesame-r"}"#
        let path = folder.file("token")
        try Data(pair.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try problems("token_file: \(path)") == [])
        #expect(try problems("token_file: \(path)", clientID: false).first?.contains("client_id") == true)
        setenv("STRAPLINE_TEST_CHECK", pair, 1)
        let fixed = try problems("token_environment: STRAPLINE_TEST_CHECK")
        #expect(fixed.first?.contains("cannot be changed by this program") == true)
        #expect(!fixed.joined().contains("sesame"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["token"])
    }

    @Test func check_ofMetricsWithAToken_saysWhetherItCanBeRead() throws {
        let yaml = Self.straps + "metrics: {address: '127.0.0.1:9464', token_file: /none}\n"
        let explanation = PlanDescription(try UploadPlan(ConfigurationFile.parse(yaml, path: "test")))
        let line = "metrics: http://127.0.0.1:9464/metrics, /healthz, with the token file /none"
        #expect(explanation.lines.contains(line))
        #expect(explanation.problems.contains { $0.hasPrefix("metrics: ") && $0.contains("/none") })
    }

    @Test func check_ofANetwork_saysWhatItMeans() throws {
        let yaml = Self.straps + "network: {proxy: 'http://proxy:3128', ca_file: /none}\n"
        let explanation = PlanDescription(try UploadPlan(ConfigurationFile.parse(yaml, path: "test")))
        #expect(explanation.lines.contains("network: through the proxy http://proxy:3128"))
        #expect(explanation.problems.contains { $0.contains("/none cannot be read") })
    }
}
