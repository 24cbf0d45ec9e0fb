import Destinations
import FoundationEssentials
import MQTT
import TextFormats
import Tokens

/// The options of `kind: mqtt`, with their defaults.
struct MQTTSettings: Sendable {
    static let address = "address"
    static let user = "user"
    static let passwordFile = "password_file"
    static let certificateFile = "ca_file"
    static let clientID = "client_id"
    static let topicPrefix = "topic_prefix"
    static let homeAssistant = "home_assistant"
    static let discoveryPrefix = "discovery_prefix"
    static let expireSeconds = "expire_seconds"
    static let beats = "beats"

    static let options = [
        DestinationOption(address, .text, isRequired: true, prompt: "The broker, such as mqtt://homeassistant.local:"),
        DestinationOption(user, .text, prompt: "The user name there, empty for none:"),
        DestinationOption(passwordFile, .text, prompt: "The file with the password, empty for none:"),
        DestinationOption(certificateFile, .text),
        DestinationOption(clientID, .text),
        DestinationOption(topicPrefix, .text),
        DestinationOption(homeAssistant, .flag),
        DestinationOption(discoveryPrefix, .text),
        DestinationOption(expireSeconds, .integer(3...3600)),
        DestinationOption(beats, .flag),
    ]

    /// The first option that is wrong.
    struct Problem: Error {
        let key: String
        let message: String
    }

    let address: MQTTAddress
    let login: MQTTOptions.Login?
    let certificateFile: String?
    let clientID: String
    let topics: MQTTTopics
    /// Nil without Home Assistant.
    let discoveryPrefix: String?
    let expireSeconds: Int
    let hasBeats: Bool

    /// `name` of the output is a part of the client id: a program may have several connections to one broker.
    init(
        _ options: OptionValues, name: String, machineID: @autoclosure () -> String = MQTTClientID.machineID()
    ) throws(Problem) {
        address = try Self.address(options.text(Self.address) ?? "")
        login = try Self.login(options)
        certificateFile = Self.given(options.text(Self.certificateFile))
        clientID =
            try Self.word(options, Self.clientID) ?? MQTTClientID.derived(from: machineID(), name: name)
        topics = MQTTTopics(prefix: try Self.prefix(options, Self.topicPrefix) ?? "strapline", clientID: clientID)
        let discovery = try Self.prefix(options, Self.discoveryPrefix) ?? "homeassistant"
        discoveryPrefix = options.flag(Self.homeAssistant) ?? true ? discovery : nil
        expireSeconds = options.integer(Self.expireSeconds) ?? 10
        hasBeats = options.flag(Self.beats) ?? false
    }

    /// How to connect, without a last will.
    var connection: MQTTOptions {
        MQTTOptions(address: address, clientID: clientID, login: login, certificateFile: certificateFile)
    }

    /// Problems with the files that the options name.
    var fileProblems: [String] {
        var problems: [String] = []
        if let file = login?.password {
            do throws(SecretFile.Problem) {
                _ = try file.read()
                problems += [file.warning].compactMap(\.self)
            } catch {
                problems.append(error.description)
            }
        }
        if let file = certificateFile {
            let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
            if text == nil {
                problems.append("The file of certificates \(file) cannot be read. May this user read it?")
            } else if text?.contains("-----BEGIN CERTIFICATE-----") != true {
                problems.append(
                    "\(file) holds no certificate: it must be PEM, beginning with -----BEGIN CERTIFICATE-----.")
            }
        }
        return problems
    }

    // MARK: Values

    private static func address(_ text: String) throws(Problem) -> MQTTAddress {
        do throws(MQTTAddress.Problem) {
            return try MQTTAddress(text)
        } catch {
            throw Problem(key: address, message: error.description)
        }
    }

    private static func login(_ options: OptionValues) throws(Problem) -> MQTTOptions.Login? {
        let file = given(options.text(passwordFile))
        guard let user = given(options.text(user)) else {
            if file == nil { return nil }
            throw Problem(key: passwordFile, message: "`password_file` needs a `user`")
        }
        return MQTTOptions.Login(user: user, password: file.map { SecretFile(path: $0) })
    }

    private static func word(_ options: OptionValues, _ key: String) throws(Problem) -> String? {
        guard let text = given(options.text(key)) else { return nil }
        guard text.utf8.count <= 128, text.isPrintable() else {
            throw Problem(key: key, message: "`\(key)` is longer than 128 bytes, or has a character that is not shown")
        }
        return text
    }

    /// Topics without wildcards, empty levels and the `$` of the broker's own ones.
    private static func prefix(_ options: OptionValues, _ key: String) throws(Problem) -> String? {
        guard let text = try word(options, key) else { return nil }
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        let arePlain = levels.allSatisfy { level in
            !level.isEmpty && level.unicodeScalars.allSatisfy { MQTTTopics.isPlain($0) || $0 == "." }
        }
        guard arePlain else {
            throw Problem(
                key: key,
                message: "`\(key)` must be a topic of letters, digits, `_` and `-`, with `/` between, such as home/gym")
        }
        return text
    }

    /// An empty text stands for none.
    private static func given(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
