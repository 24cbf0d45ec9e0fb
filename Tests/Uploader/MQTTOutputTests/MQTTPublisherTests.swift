import Destinations
import MQTT
import Testing

@testable import Outputs

@Suite struct MQTTPublisherTests {
    /// At a broker that has no list of an earlier start.
    private func publisher(_ straps: [LiveStrap]) throws -> MQTTPublisher {
        var publisher = MQTTPublisher(try MQTTFixture.settings(), version: "1")
        publisher.take(OutputUpdate(straps: straps))
        publisher.take(Self.ownLink)
        return publisher
    }

    private static let ownLink = ReceivedMessage(topic: MQTTFixture.link, payload: "online")
    private static let earlierList = ReceivedMessage(
        topic: MQTTFixture.straps, payload: #"{"straps":["chest","arm"],"discovery_prefix":"homeassistant"}"#)

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

    /// Home Assistant's birth message has a topic of its own, which does not follow the prefix of the devices.
    @Test func announcement_withAnotherDiscoveryPrefix_isRepeatedAtEitherBirthMessage() throws {
        let publisher = MQTTPublisher(try MQTTFixture.settings(["discovery_prefix": .text("ha")]), version: "1")
        #expect(
            publisher.subscriptions == [
                MQTTFixture.straps, MQTTFixture.link, "ha/status", "homeassistant/status",
            ])
        for (place, topic) in publisher.subscriptions.enumerated() {
            #expect(publisher.isBirth(ReceivedMessage(topic: topic, payload: "online")) == (place >= 2))
        }
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
        publisher.take(Self.earlierList)
        #expect(publisher.messages(at: 1, isFlowing: true).shown == Self.removal)
    }

    /// The own list replaces the one at the broker, which alone has the names of the straps to remove.
    @Test func ownList_isPublishedAfterTheRemovalsOfTheEarlierOne() throws {
        var publisher = MQTTPublisher(try MQTTFixture.settings(), version: "1")
        publisher.take(OutputUpdate(straps: [MQTTFixture.absent(.disconnected, name: "arm")]))
        let first = topics(publisher.messages(at: 0, isFlowing: true))
        #expect(first == [MQTTFixture.link, "strapline/arm/status"])
        publisher.take(Self.earlierList)
        let messages = publisher.messages(at: 10, isFlowing: true)
        #expect(Array(messages.shown.prefix(4)) == Self.removal)
        #expect(
            Array(topics(messages).dropFirst(4))
                == [MQTTFixture.straps, "homeassistant/device/strapline_arm/config"])
    }

    @Test(arguments: [true, false])
    func ownList_withoutAnEarlierOne_isPublishedAfterTheLinkOrSomeSeconds(_ mayRead: Bool) throws {
        var publisher = MQTTPublisher(try MQTTFixture.settings(), version: "1")
        publisher.take(OutputUpdate(straps: [MQTTFixture.absent(.disconnected)]))
        #expect(!topics(publisher.messages(at: 0, isFlowing: true)).contains(MQTTFixture.straps))
        #expect(publisher.nextDue(after: 0) == 5000)
        if mayRead { publisher.take(Self.ownLink) }
        let messages = publisher.messages(at: mayRead ? 1 : 5000, isFlowing: true)
        #expect(topics(messages) == [MQTTFixture.straps, MQTTFixture.config])
        #expect(publisher.nextDue(after: 5000) == nil)
    }

    @Test func devices_whenHomeAssistantIsSwitchedOff_areRemoved() throws {
        var publisher = MQTTPublisher(try MQTTFixture.settings(["home_assistant": .flag(false)]), version: "1")
        publisher.take(OutputUpdate(straps: [MQTTFixture.absent(.disconnected)]))
        #expect(publisher.subscriptions == [MQTTFixture.straps, MQTTFixture.link])
        publisher.take(Self.ownLink)
        #expect(!publisher.isBirth(ReceivedMessage(topic: "homeassistant/status", payload: "online")))
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
