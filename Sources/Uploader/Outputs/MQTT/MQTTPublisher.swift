import FoundationEssentials
import MQTT

/// The messages of an output for all its straps, as a value without a clock and without a connection.
struct MQTTPublisher: Sendable {
    /// The straps that this uploader has announced. Its next start removes those that have left the configuration.
    struct Retained: Codable, Equatable {
        var straps: [String]
        /// Nil without Home Assistant.
        var discoveryPrefix: String?

        enum CodingKeys: String, CodingKey {
            case straps
            case discoveryPrefix = "discovery_prefix"
        }
    }

    private let settings: MQTTSettings
    private let version: String
    private var topics: MQTTTopics { settings.topics }
    /// By the names in topics.
    private var straps: [String: MQTTStrap] = [:]
    /// The names in topics, in the order of the configuration.
    private var order: [String] = []
    /// Messages that go before everything else.
    private var urgent: [MQTTMessage] = []
    private var isAnnounced = false
    /// The devices that the broker has, by the names in topics.
    private var publishedDevices: [String: String] = [:]
    private var publishedRetained: Retained?
    /// Whether the list of an earlier start has come, or there is none. Devices and the own list wait for it: a kill
    /// before the straps that have left are removed must not cost their names.
    private var knowsEarlierList = false
    /// From when on they do not wait: the broker may not allow to read.
    private var listDue: Int64?
    private static let longestListWait: Int64 = 5_000

    init(_ settings: MQTTSettings, version: String) {
        self.settings = settings
        self.version = version
    }

    /// The message that the broker publishes when the connection is cut.
    var will: MQTTMessage { .kept(topics.link, "offline") }

    /// The topics to subscribe to, in order: the link's message shows that the list before it has come.
    var subscriptions: [String] { [topics.straps, topics.link] + birthTopics }

    /// Home Assistant has a setting for this topic alone, which stays as it is when the prefix is changed.
    private var birthTopics: [String] {
        settings.discoveryPrefix.map { Set(["\($0)/status", Self.standardBirthTopic]).sorted() } ?? []
    }

    private static let standardBirthTopic = "homeassistant/status"

    // MARK: Events

    /// Takes the present of all straps.
    mutating func take(_ update: OutputUpdate) {
        let present = update.straps.filter { $0.absence != .removed }
        let names = MQTTTopics.names(of: present.map(\.name))
        order = present.compactMap { names[$0.name] }
        for name in straps.keys.sorted() where !order.contains(name) {
            if var strap = straps[name] {
                strap.take(LiveStrap(name: strap.strap.name, value: .none(.removed)))
                urgent += strap.values(at: 0)
            }
            urgent += removal(name, discoveryPrefix: settings.discoveryPrefix)
            straps[name] = nil
            publishedDevices[name] = nil
        }
        for strap in present {
            guard let name = names[strap.name] else { continue }
            if straps[name] == nil {
                straps[name] = MQTTStrap(
                    topics.strap(name), expireSeconds: settings.expireSeconds, hasBeats: settings.hasBeats, strap)
            }
            straps[name]?.take(strap)
        }
    }

    /// The connection is open, or Home Assistant has started: everything that is true now is published again.
    mutating func announceAgain() {
        isAnnounced = false
        publishedDevices = [:]
        publishedRetained = nil
        for name in order { straps[name]?.announceAgain() }
    }

    /// Whether the message says that Home Assistant has started.
    func isBirth(_ message: ReceivedMessage) -> Bool {
        birthTopics.contains(message.topic) && message.payload == "online"
    }

    /// Takes the list of an earlier start, and removes the straps that have left the configuration since.
    mutating func take(_ message: ReceivedMessage) {
        if [topics.straps, topics.link].contains(message.topic) { knowsEarlierList = true }
        guard message.topic == topics.straps, !message.payload.isEmpty,
            let earlier = try? JSONDecoder().decode(Retained.self, from: Data(message.payload.utf8))
        else { return }
        // The broker's copy of an own message.
        guard earlier != retained else { return }
        let prefix = earlier.discoveryPrefix.flatMap { Self.isTopic($0) ? $0 : nil }
        for name in earlier.straps where !name.isEmpty && name == MQTTTopics.cleaned(name) {
            if !order.contains(name) {
                urgent += removal(name, discoveryPrefix: prefix)
            } else if let prefix, prefix != settings.discoveryPrefix {
                urgent.append(deviceRemoval(name, prefix))
            }
        }
    }

    // MARK: Messages

    /// Everything that is due. With `isFlowing` false no live values: the broker does not read what it was sent.
    mutating func messages(at now: Int64, isFlowing: Bool) -> [MQTTMessage] {
        let due = listDue ?? now + Self.longestListWait
        listDue = due
        if now >= due { knowsEarlierList = true }
        var messages = urgent
        urgent = []
        messages += announcements()
        for name in order {
            messages += straps[name]?.states() ?? []
            if isFlowing { messages += straps[name]?.values(at: now) ?? [] }
        }
        return messages
    }

    /// When the next message is due; nil if none waits.
    func nextDue(after now: Int64) -> Int64? {
        let list = knowsEarlierList ? nil : listDue
        return (order.compactMap { straps[$0]?.nextDue(after: now) } + [list].compactMap(\.self)).min()
    }

    /// The last messages, after those of the last update. The devices stay, unless the output was removed.
    func farewell(_ ending: OutputEnding) -> [MQTTMessage] {
        guard ending == .outputRemoved else { return [will] }
        return order.flatMap { removal($0, discoveryPrefix: settings.discoveryPrefix) }
            + [.kept(topics.straps, ""), .kept(topics.link, "")]
    }

    private var retained: Retained { Retained(straps: order, discoveryPrefix: settings.discoveryPrefix) }

    private mutating func announcements() -> [MQTTMessage] {
        var messages: [MQTTMessage] = []
        if knowsEarlierList, publishedRetained != retained {
            publishedRetained = retained
            messages.append(.kept(topics.straps, Self.json(retained)))
        }
        if knowsEarlierList, let prefix = settings.discoveryPrefix {
            for name in order {
                guard let device = straps[name].map(device), publishedDevices[name] != device else { continue }
                publishedDevices[name] = device
                messages.append(.kept(topics.device(of: name, below: prefix), device))
            }
        }
        if !isAnnounced {
            isAnnounced = true
            messages.append(.kept(topics.link, "online"))
        }
        return messages
    }

    private func device(_ strap: MQTTStrap) -> String {
        HomeAssistantDevice(
            topics: strap.topics, linkTopic: topics.link, id: topics.deviceID(of: strap.topics.name),
            name: strap.strap.name, expireSeconds: settings.expireSeconds, hasBeats: settings.hasBeats,
            version: version, device: strap.strap.device, details: strap.strap.details
        ).payload
    }

    private func removal(_ name: String, discoveryPrefix: String?) -> [MQTTMessage] {
        (discoveryPrefix.map { [deviceRemoval(name, $0)] } ?? [])
            + topics.strap(name).retained.map { .kept($0, "") }
    }

    private func deviceRemoval(_ name: String, _ prefix: String) -> MQTTMessage {
        .kept(topics.device(of: name, below: prefix), "")
    }

    private static func isTopic(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { MQTTTopics.isPlain($0) || $0 == "/" || $0 == "." }
    }

    private static func json(_ value: Retained) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts alone: there is nothing that cannot be encoded.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
