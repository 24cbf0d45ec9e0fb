import Destinations
import MQTT
import Testing

@testable import Outputs

@Suite struct MQTTPublisherTests {
    private func publisher(_ straps: [LiveStrap]) throws -> MQTTPublisher {
        var publisher = MQTTPublisher(try MQTTFixture.settings(), version: "1")
        publisher.take(OutputUpdate(straps: straps))
        return publisher
    }

    private func topics(_ messages: [MQTTMessage]) -> [String] { messages.map(\.topic) }

    @Test func announcement_whenTheConnectionIsOpen_hasDeviceLinkStatesAndValues() throws {
        var publisher = try publisher([MQTTFixture.live(72, at: 0)])
        let messages = publisher.messages(at: 0, isFlowing: true)
        #expect(
            topics(messages) == [
                MQTTFixture.straps, MQTTFixture.config, MQTTFixture.link, "strapline/chest/status",
                "strapline/chest/contact", "strapline/chest/heart_rate", "strapline/chest/reading",
            ])
        #expect(messages.filter(\.isRetained).allSatisfy { $0.delivery == .atLeastOnce })
        #expect(messages.payloads(of: MQTTFixture.link) == ["online"])
        #expect(publisher.messages(at: 0, isFlowing: true).isEmpty)
    }

    @Test func announcement_whenHomeAssistantStarts_isRepeated() throws {
        var publisher = try publisher([MQTTFixture.live(72, at: 0)])
        let first = publisher.messages(at: 0, isFlowing: true)
        #expect(publisher.isBirth(ReceivedMessage(topic: "homeassistant/status", payload: "online")))
        #expect(!publisher.isBirth(ReceivedMessage(topic: "homeassistant/status", payload: "offline")))
        #expect(!publisher.isBirth(ReceivedMessage(topic: "strapline/status", payload: "online")))
        publisher.announceAgain()
        #expect(publisher.messages(at: 10, isFlowing: true) == first)
    }

    @Test func values_whenTheBrokerDoesNotRead_waitForTheNewest() throws {
        var publisher = try publisher([MQTTFixture.live(72, at: 0)])
        let states = publisher.messages(at: 0, isFlowing: false)
        #expect(!topics(states).contains("strapline/chest/heart_rate"))
        #expect(topics(states).contains("strapline/chest/status"))
        publisher.take(OutputUpdate(straps: [MQTTFixture.live(80, at: 5000)]))
        let messages = publisher.messages(at: 5000, isFlowing: true)
        #expect(messages.payloads(of: "strapline/chest/heart_rate") == ["80"])
    }

    @Test func device_whenDetailsAreLearnt_isPublishedAgain() throws {
        var publisher = try publisher([MQTTFixture.live(72, at: 0)])
        _ = publisher.messages(at: 0, isFlowing: true)
        var strap = MQTTFixture.live(72, at: 100)
        strap.details = MQTTFixture.details
        publisher.take(OutputUpdate(straps: [strap]))
        let messages = publisher.messages(at: 100, isFlowing: true)
        #expect(messages.payloads(of: MQTTFixture.config).first?.contains("H10") == true)
        #expect(messages.payloads(of: "strapline/chest/battery") == ["80"])
    }

    // MARK: Removal

    private static let removal = [
        "\(MQTTFixture.config)  !", "strapline/chest/status  !", "strapline/chest/contact  !",
        "strapline/chest/battery  !",
    ]

    @Test func strap_whenItIsRemoved_leavesNothingAtTheBroker() throws {
        var publisher = try publisher([MQTTFixture.live(72, at: 0), MQTTFixture.live(80, at: 0, name: "arm")])
        _ = publisher.messages(at: 0, isFlowing: true)
        publisher.take(
            OutputUpdate(straps: [MQTTFixture.live(81, at: 2000, name: "arm"), MQTTFixture.absent(.removed)]))
        let messages = publisher.messages(at: 2000, isFlowing: true)
        #expect(Array(messages.shown.dropFirst(2).prefix(4)) == Self.removal)
        #expect(messages.payloads(of: "strapline/chest/heart_rate") == ["None"])
        let list = #"{"discovery_prefix":"homeassistant","straps":["arm"]}"#
        #expect(messages.payloads(of: MQTTFixture.straps) == [list])
        #expect(messages.payloads(of: "strapline/arm/heart_rate") == ["81"])
    }

    @Test func output_whenItIsRemoved_leavesNothingAtTheBroker() throws {
        let publisher = try publisher([MQTTFixture.absent(.stopped)])
        #expect(
            publisher.farewell(.outputRemoved).shown
                == Self.removal + ["\(MQTTFixture.straps)  !", "\(MQTTFixture.link)  !"])
    }

    @Test(arguments: [OutputEnding.programEnds, .outputChanged])
    func output_whenTheProgramEnds_leavesTheDeviceOffline(_ ending: OutputEnding) throws {
        var publisher = try publisher([MQTTFixture.live(72, at: 0)])
        _ = publisher.messages(at: 0, isFlowing: true)
        publisher.take(OutputUpdate(straps: [MQTTFixture.absent(.stopped)], ending: ending))
        let messages = publisher.messages(at: 10, isFlowing: true) + publisher.farewell(ending)
        #expect(messages.payloads(of: "strapline/chest/heart_rate") == ["None"])
        #expect(messages.payloads(of: "strapline/chest/status") == ["offline"])
        #expect(messages.payloads(of: MQTTFixture.link) == ["offline"])
        #expect(messages.payloads(of: MQTTFixture.config).isEmpty)
    }

    @Test func strap_whenItWasRemovedWhileTheUploaderStood_isRemovedAtTheNextStart() throws {
        var publisher = try publisher([MQTTFixture.absent(.disconnected, name: "arm")])
        _ = publisher.messages(at: 0, isFlowing: true)
        publisher.take(
            ReceivedMessage(
                topic: MQTTFixture.straps, payload: #"{"straps":["chest","arm"],"discovery_prefix":"homeassistant"}"#))
        #expect(publisher.messages(at: 1, isFlowing: true).shown == Self.removal)
    }

    @Test func devices_whenHomeAssistantIsSwitchedOff_areRemoved() throws {
        var publisher = MQTTPublisher(try MQTTFixture.settings(["home_assistant": .flag(false)]), version: "1")
        publisher.take(OutputUpdate(straps: [MQTTFixture.absent(.disconnected)]))
        #expect(publisher.subscriptions == [MQTTFixture.straps])
        #expect(!topics(publisher.messages(at: 0, isFlowing: true)).contains(MQTTFixture.config))
        publisher.take(
            ReceivedMessage(
                topic: MQTTFixture.straps, payload: #"{"straps":["chest"],"discovery_prefix":"homeassistant"}"#))
        #expect(publisher.messages(at: 1, isFlowing: true).shown == ["\(MQTTFixture.config)  !"])
    }

    /// The payload comes from outside.
    @Test(arguments: [
        "", "null", "[]", ##"{"straps":["../x","a/b","#",""],"discovery_prefix":"homeassistant"}"##,
        ##"{"straps":[],"discovery_prefix":"+/#"}"##, "{\"straps\":", #"{"straps":[1]}"#,
    ])
    func retainedList_whenItIsNotOne_removesNothing(_ payload: String) throws {
        var publisher = try publisher([MQTTFixture.absent(.disconnected)])
        _ = publisher.messages(at: 0, isFlowing: true)
        publisher.take(ReceivedMessage(topic: MQTTFixture.straps, payload: payload))
        #expect(publisher.messages(at: 1, isFlowing: true).isEmpty)
    }
}
