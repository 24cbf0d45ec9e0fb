import Testing

@testable import Outputs

@Suite struct MQTTTopicsTests {
    @Test(arguments: [
        ("chest", "chest"), ("left arm", "left_arm"), ("Brust/Müller", "Brust_M_ller"), ("a+b#c$d", "a_b_c_d"),
        ("H10-A1B2", "H10-A1B2"), ("tab\tend", "tab_end"), ("x\u{202E}y", "x_y"),
    ])
    func name_whenItHasOtherCharacters_isCleaned(_ name: String, _ cleaned: String) {
        #expect(MQTTTopics.names(of: [name]) == [name: cleaned])
    }

    @Test func names_whenTheyAreTheSameAfterCleaning_stayDifferent() throws {
        let names = MQTTTopics.names(of: ["a b", "a/b", "a_b", "c"])
        #expect(Set(names.values).count == 4)
        #expect(names["a_b"] == "a_b")
        #expect(names["c"] == "c")
        #expect(names["a b"]?.hasPrefix("a_b_") == true)
        // The name does not depend on the order.
        #expect(MQTTTopics.names(of: ["c", "a_b", "a/b", "a b"]) == names)
    }

    @Test(arguments: ["心", "❤️‍🔥", "---", ""])
    func name_whenNothingIsLeft_isANumber(_ name: String) throws {
        let cleaned = try #require(MQTTTopics.names(of: [name, "other"])[name])
        #expect(cleaned.unicodeScalars.allSatisfy(MQTTTopics.isPlain))
        #expect(cleaned.contains { $0.isHexDigit })
    }

    @Test func device_whenItIsAnnounced_hasTheTopicOfDeviceDiscovery() {
        let topics = MQTTTopics(prefix: "strapline", clientID: "one")
        #expect(topics.device(of: "chest", below: "homeassistant") == MQTTFixture.config)
    }

    @Test func topics_whenTwoUploadersShareAPrefix_haveLinksOfTheirOwn() {
        let first = MQTTTopics(prefix: "strapline", clientID: "one")
        let second = MQTTTopics(prefix: "strapline", clientID: "two")
        #expect(first.link == "strapline/uploader/one/status")
        #expect(first.link != second.link)
        #expect(first.straps != second.straps)
    }

    @Test func topics_whenThePrefixHasLevels_haveThemToo() {
        let topics = MQTTTopics(prefix: "home/gym", clientID: "a/b#")
        #expect(topics.strap("chest").heartRate == "home/gym/chest/heart_rate")
        #expect(topics.deviceID(of: "chest") == "home_gym_chest")
        #expect(topics.link == "home/gym/uploader/a_b_/status")
    }
}
