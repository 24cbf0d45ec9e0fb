import ArgumentParser
import StrapFixtures
import Testing
import UploaderConfiguration
import WebClient

@testable import Setup

@Suite struct SetupOptionsTests {
    private static let anna = "anna=C4:11:22:33:44:55"
    private static let ben = "ben=C4:11:22:33:44:56"

    private func problem(_ arguments: String...) -> String? {
        do {
            _ = try SetupOptions.parse(arguments)
            return nil
        } catch {
            return SetupOptions.message(for: error)
        }
    }

    @Test func oneTokenForSeveralStraps_isRefused_unlessOnePersonWearsThem() {
        for token in [["--token-file", "t"], ["--token-stdin"]] {
            let arguments = ["--strap", Self.anna, "--strap", Self.ben] + token
            #expect(throws: (any Error).self) { try SetupOptions.parse(arguments) }
            #expect(throws: Never.self) { try SetupOptions.parse(arguments + ["--same-person"]) }
        }
        let words = problem("--strap", Self.anna, "--strap", Self.ben, "--token-file", "t") ?? ""
        #expect(words.contains("anna and ben") && words.contains(",token=FILE") && words.contains("--same-person"))
    }

    @Test func strap_mayNameItsOwnToken() throws {
        let strap = try #require(NamedStrap(argument: Self.anna + ",token=/t/anna.token"))
        #expect(strap.name == "anna" && strap.tokenFile == "/t/anna.token")
        #expect(NamedStrap(argument: Self.anna)?.tokenFile == nil)
        #expect(NamedStrap(argument: Self.anna + ",token=") == nil)
        #expect(problem("--strap", Self.anna + ",token=/a", "--strap", Self.ben, "--token-file", "/b") == nil)
    }

    @Test(arguments: [
        ("heart.local:8080", "http://heart.local:8080"), ("heart.local", "http://heart.local:8080"),
        ("192.168.1.10", "http://192.168.1.10:8080"), ("heart.local:80/hub", "http://heart.local:80/hub"),
        ("heart.local/hub", "http://heart.local:8080/hub"), ("[fd00::1]", "http://[fd00::1]:8080"),
        ("[fd00::1]:81", "http://[fd00::1]:81"), ("https://hub.example", "https://hub.example"),
        (" http://10.0.0.1:1 ", "http://10.0.0.1:1"), ("\"http://10.0.0.1:1\",", "http://10.0.0.1:1"),
        ("<heart.local:81>", "http://heart.local:81"), ("“heart.local”", "http://heart.local:8080"),
        ("http://heart.local:81/?view=wall#access_token=abc&remember=1", "http://heart.local:81/"),
    ])
    func hubAddress_withoutSchemeOrPort_isCompleted(typed: String, address: String) throws {
        #expect(HubAddressQuestion.completed(typed) == address)
        #expect(try SetupOptions.parse(["--hub", typed]).hubAddress == address)
        #expect(throws: Never.self) { try ServiceAddress(address) }
    }

    @Test func destination_withAnIncompleteSetting_isAMistakeOfUse_unlessSetupAsks() throws {
        let influx = ["--to", "influxdb", "--hub", "http://nas:8086"]
        func problem(_ settings: String..., asks: Bool = false) -> String {
            do {
                _ = try SetupOptions.parse(influx + (asks ? [] : ["--yes"]) + settings.flatMap { ["--set", $0] })
                return ""
            } catch {
                return SetupOptions.message(for: error)
            }
        }
        #expect(problem("database=health").isEmpty && problem("org=a", "bucket=b=c").isEmpty)
        #expect(problem().contains("InfluxDB needs a `database`"))
        #expect(problem(asks: true).isEmpty)
        #expect(problem("org=a", asks: true).contains("`org` needs a `bucket`"))
        #expect(problem("databse=x").contains("Did you mean `database`?"))
    }

    @Test func hubAddress_thatIsNone_isAMistakeOfUse() {
        #expect(problem("--hub", "http://")?.contains("names no host") == true)
        #expect(problem("--hub", "heart.local:99999")?.contains("65535") == true)
    }
}

@Suite struct SetupDestinationsTests {
    @Test func pulsoidAndAHub_haveTwoNamesAndTwoTokens() throws {
        let pulsoid = SetupTarget(service: .pulsoid)
        let hub = SetupTarget(service: .pulsoid, name: "hub", address: "http://10.0.0.1:8080")
        #expect(pulsoid.tokenName(of: "Anna K") == "pulsoid-anna-k" && hub.tokenName(of: "Anna K") == "hub-anna-k")
        let lines = hub.entry(.file("/t")).lines
        #expect(
            lines == [
                "- service: pulsoid", "  name: \"hub\"", "  address: \"http://10.0.0.1:8080\"", "  token_file: \"/t\"",
            ])
    }

    @Test(arguments: [
        ("[]", "1"), ("[{service: pulsoid, token_file: /t}]", "1"),
        ("[{service: pulsoid, token_file: /t, address: 'http://hub:1'}]", "3"),
        (
            "[{service: pulsoid, token_file: t}, "
                + "{service: pulsoid, name: hub, token_file: u, address: 'http://hub:1'}]",
            "1 3"
        ),
        ("[{service: cardiogram, user_id: 7, token_file: /t}]", "2"),
    ])
    func nextStrap_isOfferedTheDestinationsOfTheLast(destinations: String, numbers: String) throws {
        guard destinations != "[]" else { return #expect(SetupDestinations.numbers(of: []) == numbers) }
        let yaml = "straps:\n  - {name: a, destinations: \(destinations)}\n"
        let configuration = try ConfigurationFile.parse(yaml, path: "f.yaml")
        #expect(SetupDestinations.numbers(of: configuration.straps[0].destinations) == numbers)
    }
}

@Suite struct TokenAdviceTests {
    @Test func advice_isForTheServerThatIssuesTheToken() throws {
        let pulsoid = TokenAdvice(try ServiceAddress("https://dev.pulsoid.net"))
        #expect(!pulsoid.isHub && pulsoid.make("x").contains("https://pulsoid.net/ui/keys"))
        #expect(pulsoid.make("x").contains("paid plan") && pulsoid.make("x").contains("strapline-hub"))
        let hub = TokenAdvice(try ServiceAddress("http://127.0.0.1:18080"), hasHubPackage: false)
        #expect(hub.isHub && hub.make("x").contains("strapline-hub token issue"))
        #expect(hub.make("x").contains("http://127.0.0.1:18080") && !hub.make("x").contains("pulsoid.net"))
        // The package's hub is another user's, with a database of its own.
        let packaged = TokenAdvice(try ServiceAddress("http://localhost:8080"), hasHubPackage: true)
        #expect(packaged.make("x").contains("`sudo -u strapline-hub strapline-hub token issue --user NAME"))
        #expect(packaged.make("x").contains("--database /var/lib/strapline-hub/hub.sqlite`"))
        let remote = TokenAdvice(try ServiceAddress("http://192.168.1.7:8080"), hasHubPackage: true)
        #expect(remote.make("x").contains("on the machine of the hub"))
    }

    @Test func login_atAHub_usesItsOwnClientAndAddress() throws {
        let plan = try LoginPlan(configuration: nil, output: "/o", address: "http://hub:1")
        #expect(plan.clientID == "strapline-hub" && plan.oauthAddress.description == "http://hub:1")
    }
}
