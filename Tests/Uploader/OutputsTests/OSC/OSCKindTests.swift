import Destinations
import Testing

@testable import Outputs

@Suite struct OSCKindTests {
    private let kind = OSCKind()

    private func settings(_ values: [String: OptionValues.Value], strap: String? = nil) -> OutputSettings {
        OutputSettings(name: "osc", strap: strap, options: OptionValues(values), runtimeFolder: "/run")
    }

    private func mistake(_ values: [String: OptionValues.Value], showsSeveral: Bool = false) -> OptionMistake? {
        kind.firstMistake(in: OptionValues(values), showsSeveral: showsSeveral)
    }

    @Test func firstMistake_withoutOptions_isNone() {
        #expect(mistake([:]) == nil)
    }

    private static let mistakes: [([String: OptionValues.Value], String, String)] = [
        (["targets": .list(["pc:0"])], "targets", "`targets`: `pc:0` has a port that is not a number from 1 to 65535"),
        (["targets": .list([])], "targets", "`targets` is empty: name at least one, like 127.0.0.1:9000"),
        (
            ["families": .list([])], "families", "`families` is empty: name at least one, or leave it out for all"
        ),
        (
            ["families": .list(["vrchat"])], "families",
            "`families`: `vrchat` is not one of: miband, pulsoid, hrtovrchat, vrcosc, hr-osc, iron-heart, tayou, hrv"
        ),
        (
            ["prefix": .text("avatar")], "prefix",
            "`prefix` is not the beginning of an OSC address, like /avatar/parameters/"
        ),
        (["prefix": .text("/{user}/")], "prefix", "`prefix` has the unknown placeholder {user}; there are {strap}"),
        (["find": .text("resonite")], "find", "`find`: `resonite` is not one of: vrchat"),
    ]

    @Test(arguments: mistakes)
    func firstMistake_inAnOption_namesItAndTheFix(
        _ values: [String: OptionValues.Value], _ key: String, _ message: String
    ) {
        let mistake = mistake(values)
        #expect(mistake?.key == key && mistake?.message == message)
    }

    @Test func firstMistake_inTheChatbox_namesThePlaceholders() {
        let mistake = mistake(["chatbox": .text("♥ {beats}")])
        #expect(mistake?.key == "chatbox")
        #expect(mistake?.message.hasPrefix("`chatbox` has the unknown placeholder {beats}; there are {bpm}, ") == true)
    }

    @Test func firstMistake_withSeveralStrapsAndOneSetOfParameters_isNamed() {
        let message =
            "several straps would write the same OSC parameters: name one `strap`, or put {strap} into the `prefix`, "
            + "like /avatar/parameters/{strap}/"
        #expect(mistake([:], showsSeveral: true)?.message == message)
        let ofPrefix = mistake(["prefix": .text("/hearts/")], showsSeveral: true)
        #expect(ofPrefix == OptionMistake(key: "prefix", message: message))
        #expect(mistake(["prefix": .text("/hearts/{strap}/")], showsSeveral: true) == nil)
    }

    @Test func places_ofOutputs_areTheirAddressesAtEachTarget() {
        let values = OptionValues([
            "families": .list(["miband"]), "prefix": .text("/{strap}/"), "targets": .list(["a", "b:1"]),
            "chatbox": .text("{bpm}"),
        ])
        let places = kind.places(of: values, straps: ["anna", "ben"])
        #expect(places.count == 14)
        #expect(places.contains("/ben/Heartrate3 at b:1") && places.contains("/chatbox/input at a:9000"))
    }

    @Test func summary_ofSomeOptions_hasFamiliesAndTargets() {
        #expect(kind.summary(of: settings([:])) == "OSC parameters to 127.0.0.1:9000")
        #expect(
            kind.summary(
                of: settings([
                    "targets": .list(["192.168.1.20", "[::1]:9001"]), "families": .list(["vrcosc", "hr-osc"]),
                    "chatbox": .text("{bpm}"), "find": .text("vrchat"),
                ]))
                == "OSC parameters of vrcosc, hr-osc and the chatbox to 192.168.1.20:9000, [::1]:9001, "
                + "VRChat in this network")
    }

    @Test func warnings_aboutAnotherMachine_nameTheMissingEncryption() {
        #expect(kind.warnings(about: settings([:])).isEmpty)
        #expect(kind.warnings(about: settings(["targets": .list(["localhost:9000", "[::1]"])])).isEmpty)
        #expect(
            kind.warnings(about: settings(["targets": .list(["127.0.0.1", "192.168.1.20"])]))
                == [
                    "OSC has no encryption: programs in the network can read the heart rate on its way to "
                        + "192.168.1.20:9000"
                ])
    }

    @Test(arguments: [("anna", "anna"), ("Anna B", "Anna_B"), ("änna/#1", "_nna__1"), ("a.b-c", "a.b-c")])
    func addressPart_ofAName_canStandInAnAddress(_ name: String, _ part: String) {
        #expect(OSCSettings.addressPart(name) == part)
    }
}
