import Destinations
import FoundationEssentials
import Glibc
import TestKit
import Testing

@testable import Outputs

@Suite struct MQTTSettingsTests {
    private let folder = TemporaryDirectory()

    private func values(_ values: [String: OptionValues.Value]) -> OptionValues {
        OptionValues(["address": .text("mqtt://localhost")].merging(values) { $1 })
    }

    @Test func settings_whenOnlyTheAddressIsGiven_haveTheirDefaults() throws {
        let settings = try MQTTSettings(values([:]), name: "mqtt", machineID: "m")
        #expect(settings.topics.prefix == "strapline")
        #expect(settings.discoveryPrefix == "homeassistant")
        #expect(settings.expireSeconds == 10)
        #expect(!settings.hasBeats)
        #expect(settings.login == nil)
        #expect(settings.clientID.hasPrefix("strapline-"))
    }

    @Test func clientID_whenTwoOutputsHaveOneBroker_differs() throws {
        let first = try MQTTSettings(values([:]), name: "mqtt", machineID: "m")
        let second = try MQTTSettings(values([:]), name: "mqtt 2", machineID: "m")
        #expect(first.clientID != second.clientID)
    }

    @Test(
        arguments: [
            ("address", .text("localhost")), ("address", .text("mqtt://me:pw@host")), ("topic_prefix", .text("a//b")),
            ("topic_prefix", .text("/a")), ("topic_prefix", .text("a/#")), ("topic_prefix", .text("a b")),
            ("topic_prefix", .text("$SYS")), ("discovery_prefix", .text("+")), ("client_id", .text("a\u{7}")),
            ("password_file", .text("/x")),
        ] as [(String, OptionValues.Value)])
    func option_whenItIsWrong_isNamed(_ key: String, _ value: OptionValues.Value) {
        #expect(MQTTKind().firstMistake(in: values([key: value]), showsSeveral: true)?.key == key)
    }

    @Test func options_whenTheyAreRight_haveNoMistake() {
        let right: [String: OptionValues.Value] = [
            "user": .text("me"), "password_file": .text("/x"), "topic_prefix": .text("home/gym"),
            "discovery_prefix": .text("ha"), "expire_seconds": .integer(30), "beats": .flag(true),
            "home_assistant": .flag(false), "client_id": .text("pi 1"), "ca_file": .text("/ca.pem"),
        ]
        #expect(MQTTKind().firstMistake(in: values(right), showsSeveral: true) == nil)
        #expect(MQTTKind().firstMistake(in: values(["topic_prefix": .text("")]), showsSeveral: false) == nil)
    }

    @Test func address_whenItIsMissing_isRequired() {
        let mistake = MQTTKind().firstMistake(in: OptionValues(), showsSeveral: true)
        #expect(mistake?.message.contains("`address`") == true)
    }

    @Test func places_whenTwoOutputsHaveOneBrokerAndPrefix_areTheSame() {
        let first = MQTTKind().places(of: values([:]), straps: ["left arm", "chest"])
        #expect(
            first == [
                "the topics strapline/left_arm at mqtt://localhost",
                "the topic homeassistant/device/strapline_left_arm/config at mqtt://localhost",
                "the topics strapline/chest at mqtt://localhost",
                "the topic homeassistant/device/strapline_chest/config at mqtt://localhost",
            ])
        let other = MQTTKind().places(of: values(["topic_prefix": .text("gym")]), straps: ["chest"])
        #expect(Set(first).isDisjoint(with: other))
    }

    /// Home Assistant would take both for one device.
    @Test func places_whenPrefixAndNameMakeOneID_areTheSame() {
        func places(_ prefix: String, _ strap: String, home: Bool = true) -> Set<String> {
            let options: [String: OptionValues.Value] = [
                "topic_prefix": .text(prefix), "home_assistant": .flag(home),
            ]
            return Set(MQTTKind().places(of: values(options), straps: [strap]))
        }
        #expect(places("home/gym", "chest").intersection(places("home_gym", "chest")).count == 1)
        #expect(places("gym", "left_arm").intersection(places("gym_left", "arm")).count == 1)
        #expect(places("gym", "left_arm", home: false).isDisjoint(with: places("gym_left", "arm")))
    }

    // MARK: Files and warnings

    private func output(_ options: [String: OptionValues.Value]) -> OutputSettings {
        OutputSettings(name: "mqtt", options: values(options), runtimeFolder: folder.path)
    }

    @Test func problems_whenFilesAreWrong_nameThem() throws {
        let password = folder.file("password")
        let options: [String: OptionValues.Value] = [
            "user": .text("me"), "password_file": .text(password), "ca_file": .text(folder.file("ca.pem")),
        ]
        #expect(MQTTKind().problems(with: output(options)).count == 2)
        try Data("secret\n".utf8).write(to: URL(filePath: password))
        try Data("no certificate".utf8).write(to: URL(filePath: folder.file("ca.pem")))
        chmod(password, 0o644)
        let problems = MQTTKind().problems(with: output(options))
        #expect(problems.count == 2)
        #expect(problems.first?.contains("chmod 600") == true)
        #expect(problems.last?.contains("PEM") == true)
        #expect(!problems.contains { $0.contains("secret") })
    }

    @Test func warning_whenTheBrokerIsElsewhereWithoutTLS_saysSo() {
        #expect(MQTTKind().warnings(about: output([:])).isEmpty)
        let elsewhere = output(["address": .text("mqtt://homeassistant.local")])
        #expect(MQTTKind().warnings(about: elsewhere).first?.contains("not encrypted") == true)
        #expect(MQTTKind().warnings(about: output(["address": .text("mqtts://homeassistant.local")])).isEmpty)
    }

    @Test func summary_whenThereIsALogin_namesTheUserOnly() {
        let summary = MQTTKind().summary(
            of: output(["user": .text("me"), "password_file": .text("/etc/secret"), "topic_prefix": .text("gym")]))
        #expect(summary == "topics gym/… at mqtt://localhost, as me, with devices of Home Assistant")
    }
}
