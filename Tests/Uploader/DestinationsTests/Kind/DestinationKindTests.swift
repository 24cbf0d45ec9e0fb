import Delivery
import FoundationEssentials
import Logging
import Testing
import Tokens
import WebClient

@testable import Destinations

@Suite(.timeLimit(.minutes(10)))
struct DestinationKindTests {
    private let address = "http://127.0.0.1:8080"

    private func kind(_ name: String) throws -> any DestinationKind {
        try #require(DestinationKinds.kind(named: name))
    }

    private func settings(
        _ options: [String: OptionValues.Value] = [:], service: [String: OptionValues.Value] = [:]
    ) throws -> DestinationSettings {
        DestinationSettings(
            name: "mine", address: try ServiceAddress(address), token: .environment(variable: "TOKEN"),
            options: OptionValues(options), service: OptionValues(service))
    }

    private func destination(_ kind: any DestinationKind, _ settings: DestinationSettings) throws -> any Destination {
        let context = DestinationContext(client: WebClient(), logger: Logger(label: "test"))
        var factory = try kind.factory(service: settings.service, context)
        return try factory.destination(settings)
    }

    @Test func kinds_haveNamesAndKeysOfTheirOwn() {
        let names = DestinationKinds.all.map(\.name)
        #expect(names.starts(with: ["pulsoid", "cardiogram"]))
        #expect(Set(names).count == names.count)
        #expect(Set(DestinationKinds.options.map(\.key)).count == DestinationKinds.options.count)
        for kind in DestinationKinds.all { #expect(!kind.title.isEmpty) }
    }

    @Test(
        arguments: [
            ("cardiogram", [:], nil, "Cardiogram needs the `user_id`"),
            ("cardiogram", ["user_id": .text("")], "user_id", "`user_id` is empty"),
            (
                "cardiogram", ["user_id": .text("7"), "batch_beats": .integer(0)], "batch_beats",
                "`batch_beats` must be from 1 to 10000"
            ),
            (
                "cardiogram", ["user_id": .text("7"), "batch_seconds": .integer(3601)], "batch_seconds",
                "`batch_seconds` must be from 0 to 3600"
            ),
            ("pulsoid", ["user_id": .text("7")], "user_id", "`user_id` is not an option of Pulsoid"),
        ] as [(String, [String: OptionValues.Value], String?, String)])
    func options_withAMistake_areRefused(
        name: String, values: [String: OptionValues.Value], key: String?, message: String
    ) throws {
        let mistake = try #require(try kind(name).firstMistake(in: OptionValues(values)))
        #expect(mistake == OptionMistake(key: key, message: message))
    }

    @Test(arguments: ["https://pulsoid.net", "https://www.Pulsoid.net/"])
    func address_ofTheWebsite_isAnsweredWithThatOfTheAPI(text: String) throws {
        let error = #expect(throws: ServiceAddressError.self) { _ = try kind("pulsoid").address(text) }
        #expect(error?.description.contains("is the website, and not the API. Write it like https://dev.") == true)
        #expect(try kind("pulsoid").address("https://dev.pulsoid.net").host == "dev.pulsoid.net")
        #expect(try kind("cardiogram").address("https://cardiogr.am").host == "cardiogr.am")
    }

    @Test func options_withoutAMistake_areTaken() throws {
        #expect(try kind("pulsoid").firstMistake(in: OptionValues()) == nil)
        #expect(try kind("cardiogram").firstMistake(in: OptionValues(["user_id": .text("7")])) == nil)
    }

    @Test(arguments: [0, 0.001, 20, 1_000_000]) func limit_inItsRange_orZero_isTaken(limit: Double) throws {
        let values = OptionValues(["requests_per_second": .number(limit)])
        #expect(try kind("pulsoid").mistakes(inService: values).isEmpty)
    }

    @Test(arguments: [-1, 0.0001, .infinity, .nan]) func limit_outOfItsRange_isRefused(limit: Double) throws {
        let values = OptionValues(["requests_per_second": .number(limit)])
        #expect(
            try kind("pulsoid").mistakes(inService: values).map(\.message)
                == ["`requests_per_second` must be from 0.001 to 1000000, or 0 for no limit"])
    }

    @Test func values_ofASection_areThoseOfTheOptions() throws {
        struct Section: Decodable {
            let options: OptionValues

            init(from decoder: any Decoder) throws {
                options = try OptionValues(from: decoder, DestinationKinds.options)
            }
        }
        let json = #"{"service": "cardiogram", "user_id": "7", "batch_beats": 9}"#
        let section = try JSONDecoder().decode(Section.self, from: Data(json.utf8))
        #expect(section.options == OptionValues(["user_id": .text("7"), "batch_beats": .integer(9)]))
        let wrong = Data(#"{"batch_beats": "many"}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Section.self, from: wrong) }
    }

    @Test func destination_ofAKind_hasTheLimitsOfItsOptions() throws {
        let pulsoid = try destination(
            kind("pulsoid"), settings(service: ["requests_per_second": .number(5)]))
        #expect(pulsoid.name == "mine" && pulsoid.limits.requestsPerSecond == 5)
        let hub = try destination(kind("pulsoid"), settings(service: ["requests_per_second": .number(0)]))
        #expect(hub.limits.requestsPerSecond == nil)
        let cardiogram = try destination(
            kind("cardiogram"),
            settings(["user_id": .text("7"), "batch_beats": .integer(9), "batch_seconds": .integer(2)]))
        #expect(cardiogram.limits.readingsPerRequest == 9 && cardiogram.limits.linger == .seconds(2))
    }

    @Test func destination_withoutAToken_isRefused() throws {
        for kind in DestinationKinds.all where kind.tokenRule == .required {
            var settings = try settings(["user_id": .text("7")])
            settings.token = nil
            #expect(throws: MissingSetting.self) { try destination(kind, settings) }
        }
    }

    @Test func summary_saysHowReadingsAreSent() throws {
        #expect(try kind("pulsoid").summary(of: settings()) == "each reading, at most 20.0 requests a second")
        #expect(
            try kind("cardiogram").summary(of: settings(["user_id": .text("7")]))
                == "user 7, one beat a second in batches of 500 or 30 s")
    }
}
