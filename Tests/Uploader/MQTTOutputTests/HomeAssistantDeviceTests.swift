import BlueZ
import Testing

@testable import Outputs

@Suite struct HomeAssistantDeviceTests {
    private func device(
        name: String = "chest", address: String? = "C4:11:22:33:44:55", hasBeats: Bool = false, isKnown: Bool = true
    ) -> HomeAssistantDevice {
        let topics = MQTTTopics(prefix: "strapline", clientID: "strapline-test")
        return HomeAssistantDevice(
            topics: topics.strap("chest"), linkTopic: topics.link, id: "strapline_chest", name: name, expireSeconds: 10,
            hasBeats: hasBeats, version: "1.2.3",
            device: address.flatMap { MQTTFixture.device($0, "Polar H10 A1B2C3D4") },
            details: isKnown ? MQTTFixture.details : .init())
    }

    /// Home Assistant refuses a device with an unknown key in its root, in `dev` or in `o`.
    @Test func payload_whenEverythingIsKnown_isTheSnapshot() {
        let expected = """
            {"avty":[{"t":"strapline/uploader/strapline-test/status"},{"t":"strapline/chest/status"}],\
            "avty_mode":"all",\
            "cmps":{"battery":{"dev_cla":"battery","ent_cat":"diagnostic","p":"sensor","qos":1,\
            "stat_cla":"measurement","stat_t":"strapline/chest/battery","unique_id":"strapline_chest_battery",\
            "unit_of_meas":"%"},\
            "beat":{"p":"event"},\
            "contact":{"ic":"mdi:heart-box","name":"Skin contact","p":"binary_sensor","qos":1,\
            "stat_t":"strapline/chest/contact","unique_id":"strapline_chest_contact"},\
            "dfa_alpha1":{"exp_aft":60,"ic":"mdi:heart-settings","name":"DFA-α1","p":"sensor",\
            "stat_cla":"measurement","stat_t":"strapline/chest/dfa_alpha1","sug_dsp_prc":2,\
            "unique_id":"strapline_chest_dfa_alpha1"},\
            "heart_rate":{"exp_aft":10,"ic":"mdi:heart-pulse","name":"Heart rate","p":"sensor",\
            "stat_cla":"measurement","stat_t":"strapline/chest/heart_rate","sug_dsp_prc":0,\
            "unique_id":"strapline_chest_heart_rate","unit_of_meas":"bpm"},\
            "pnn50":{"exp_aft":60,"ic":"mdi:heart-settings","name":"pNN50","p":"sensor",\
            "stat_cla":"measurement","stat_t":"strapline/chest/pnn50","sug_dsp_prc":1,\
            "unique_id":"strapline_chest_pnn50","unit_of_meas":"%"},\
            "rmssd":{"dev_cla":"duration","exp_aft":60,"ic":"mdi:heart-settings","name":"RMSSD","p":"sensor",\
            "stat_cla":"measurement","stat_t":"strapline/chest/rmssd","sug_dsp_prc":1,\
            "unique_id":"strapline_chest_rmssd","unit_of_meas":"ms"},\
            "sdnn":{"dev_cla":"duration","exp_aft":60,"ic":"mdi:heart-settings","name":"SDNN","p":"sensor",\
            "stat_cla":"measurement","stat_t":"strapline/chest/sdnn","sug_dsp_prc":1,\
            "unique_id":"strapline_chest_sdnn","unit_of_meas":"ms"}},\
            "dev":{"cns":[["bluetooth","C4:11:22:33:44:55"]],"ids":["strapline_chest"],"mdl":"H10",\
            "mf":"Polar Electro Oy","name":"Strapline chest","sn":"A1B2C3D4","sw":"3.1.1"},\
            "o":{"name":"strapline","sw":"1.2.3"}}
            """
        #expect(device().payload == expected)
    }

    @Test func payload_whenNothingIsKnown_hasTheSameEntities() {
        let payload = device(address: nil, isKnown: false).payload
        #expect(payload.contains("\"dev\":{\"ids\":[\"strapline_chest\"],\"name\":\"Strapline chest\"}"))
        for key in ["heart_rate", "rmssd", "battery", "contact"] {
            #expect(payload.contains("\"unique_id\":\"strapline_chest_\(key)\""))
        }
    }

    @Test func payload_whenTheAddressChangesWithTime_leavesItOut() {
        #expect(!device(address: "5B:11:22:33:44:55").payload.contains("bluetooth"))
    }

    @Test func payload_whenBeatsAreOn_hasAnEvent() {
        let payload = device(hasBeats: true).payload
        #expect(payload.contains("\"event_types\":[\"beat\"]"))
        #expect(payload.contains("\"stat_t\":\"strapline/chest/beat\""))
    }

    @Test func payload_whenTextsAreFromTheAir_isCleaned() {
        let payload = device(name: "a\"b\u{202E}c\n").payload
        #expect(payload.contains("\"name\":\"Strapline a\\\"b c\""))
    }
}
