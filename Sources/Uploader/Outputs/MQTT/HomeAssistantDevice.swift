import BlueZ
import FoundationEssentials
import TextFormats

/// A strap as a device of Home Assistant, in the form of MQTT device discovery.
///
/// Home Assistant refuses a device with an unknown key in the root, in `dev` or in `o` as a whole.
///
/// [MQTT discovery](https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery)
struct HomeAssistantDevice: Sendable {
    let topics: MQTTTopics.Strap
    let linkTopic: String
    /// `strapline_chest`, which never changes: Home Assistant keeps names and rooms by it.
    let id: String
    /// The strap's name in the configuration.
    let name: String
    let expireSeconds: Int
    let hasBeats: Bool
    let version: String
    let device: StrapState.Device?
    let details: StrapDetails

    /// How long a value stays valid: it needs a minute of beats.
    static let variabilityExpireSeconds = 60

    /// The JSON of the device.
    var payload: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers alone: there is nothing that cannot be encoded.
        return (try? encoder.encode(config)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private var config: DeviceConfig {
        DeviceConfig(
            identity: identity, origin: ["name": "strapline", "sw": version],
            availability: [["t": linkTopic], ["t": topics.status]],
            entities: [
                "heart_rate": heartRate, "rmssd": rmssd, "sdnn": sdnn, "pnn50": pnn50, "dfa_alpha1": dfaAlpha1,
                "battery": battery, "contact": contact, "beat": beat,
            ])
    }

    private var heartRate: DeviceConfig.Entity {
        var rate = entity("heart_rate", "Heart rate", topics.heartRate)
        rate.unit = "bpm"
        rate.stateClass = "measurement"
        rate.icon = "mdi:heart-pulse"
        rate.expireSeconds = expireSeconds
        rate.decimals = 0
        return rate
    }

    private var rmssd: DeviceConfig.Entity {
        var rmssd = variability("rmssd", "RMSSD", topics.rmssd, unit: "ms", decimals: 1)
        rmssd.deviceClass = "duration"
        return rmssd
    }

    private var sdnn: DeviceConfig.Entity {
        var sdnn = variability("sdnn", "SDNN", topics.sdnn, unit: "ms", decimals: 1)
        sdnn.deviceClass = "duration"
        return sdnn
    }

    private var pnn50: DeviceConfig.Entity {
        variability("pnn50", "pNN50", topics.pnn50, unit: "%", decimals: 1)
    }

    private var dfaAlpha1: DeviceConfig.Entity {
        variability("dfa_alpha1", "DFA-α1", topics.dfaAlpha1, unit: nil, decimals: 2)
    }

    private func variability(
        _ key: String, _ name: String, _ topic: String, unit: String?, decimals: Int
    ) -> DeviceConfig.Entity {
        var entity = entity(key, name, topic)
        entity.unit = unit
        entity.stateClass = "measurement"
        entity.icon = "mdi:heart-settings"
        entity.expireSeconds = Self.variabilityExpireSeconds
        entity.decimals = decimals
        return entity
    }

    /// Home Assistant names it after its class.
    private var battery: DeviceConfig.Entity {
        var battery = entity("battery", nil, topics.battery)
        battery.unit = "%"
        battery.deviceClass = "battery"
        battery.stateClass = "measurement"
        battery.category = "diagnostic"
        battery.qos = 1
        return battery
    }

    private var contact: DeviceConfig.Entity {
        var contact = entity("contact", "Skin contact", topics.contact, platform: "binary_sensor")
        contact.icon = "mdi:heart-box"
        contact.qos = 1
        return contact
    }

    private var beat: DeviceConfig.Entity {
        // With its platform alone an entity is removed, if it was there before.
        guard hasBeats else { return DeviceConfig.Entity(platform: "event") }
        var beat = entity("beat", "Beat", topics.beat, platform: "event")
        beat.icon = "mdi:heart-flash"
        beat.eventTypes = ["beat"]
        return beat
    }

    private var identity: DeviceConfig.Identity {
        // The address joins it with Home Assistant's own Bluetooth device. A phone changes its address.
        let address = device.flatMap { $0.address.isCertainlyPrivate ? nil : $0.address.description }
        return DeviceConfig.Identity(
            identifiers: [id], connections: address.map { [["bluetooth", $0]] },
            name: "Strapline \(name.printable())", manufacturer: Self.text(details.manufacturerName),
            model: Self.text(details.modelNumber) ?? Self.text(device?.name),
            serialNumber: Self.text(details.serialNumber), firmware: Self.text(details.firmwareRevision))
    }

    private func entity(
        _ key: String, _ name: String?, _ topic: String, platform: String = "sensor"
    ) -> DeviceConfig.Entity {
        var entity = DeviceConfig.Entity(platform: platform)
        entity.uniqueID = "\(id)_\(key)"
        entity.name = name
        entity.stateTopic = topic
        return entity
    }

    /// A text from the air; nil if nothing is left of it.
    private static func text(_ foreign: String?) -> String? {
        let text = foreign?.printable() ?? ""
        return text.isEmpty ? nil : text
    }
}

/// The JSON with Home Assistant's short keys.
private struct DeviceConfig: Encodable {
    struct Identity: Encodable {
        let identifiers: [String]
        let connections: [[String]]?
        let name: String
        let manufacturer: String?
        let model: String?
        let serialNumber: String?
        let firmware: String?

        enum CodingKeys: String, CodingKey {
            case name
            case identifiers = "ids"
            case connections = "cns"
            case manufacturer = "mf"
            case model = "mdl"
            case serialNumber = "sn"
            case firmware = "sw"
        }
    }

    struct Entity: Encodable {
        let platform: String
        var uniqueID: String?
        var name: String?
        var stateTopic: String?
        var unit: String?
        var deviceClass: String?
        var stateClass: String?
        var category: String?
        var icon: String?
        var expireSeconds: Int?
        var decimals: Int?
        var eventTypes: [String]?
        var qos: Int?

        enum CodingKeys: String, CodingKey {
            case name, qos
            case platform = "p"
            case uniqueID = "unique_id"
            case stateTopic = "stat_t"
            case unit = "unit_of_meas"
            case deviceClass = "dev_cla"
            case stateClass = "stat_cla"
            case category = "ent_cat"
            case icon = "ic"
            case expireSeconds = "exp_aft"
            case decimals = "sug_dsp_prc"
            case eventTypes = "event_types"
        }
    }

    let identity: Identity
    let origin: [String: String]
    let availability: [[String: String]]
    let availabilityMode = "all"
    let entities: [String: Entity]

    enum CodingKeys: String, CodingKey {
        case identity = "dev"
        case origin = "o"
        case availability = "avty"
        case availabilityMode = "avty_mode"
        case entities = "cmps"
    }
}
