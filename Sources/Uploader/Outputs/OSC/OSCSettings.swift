import Datagrams
import Destinations
import OSC

/// The options of `kind: osc`, with their defaults.
struct OSCSettings: Sendable {
    static let targets = "targets"
    static let families = "families"
    static let prefix = "prefix"
    static let chatbox = "chatbox"
    static let find = "find"

    static let options = [
        DestinationOption(
            targets, .list(of: nil), prompt: "The computer with VRChat, empty for this one:"),
        DestinationOption(families, .list(of: OSCFamily.allCases.map(\.rawValue))),
        DestinationOption(prefix, .text),
        DestinationOption(chatbox, .text),
        DestinationOption(find, .choice([vrchat])),
    ]

    static let vrchat = "vrchat"
    /// VRChat's own port, which other programs have adopted.
    static let standardPort: UInt16 = 9000
    static let standardTarget = "127.0.0.1"
    static let standardPrefix = "/avatar/parameters/"

    let targets: [DatagramAddress]
    let families: [OSCFamily]
    private let prefixTemplate: TextTemplate
    private let chatboxTemplate: TextTemplate?
    let findsVRChat: Bool

    /// The first option that is wrong.
    struct Problem: Error {
        let key: String
        let message: String
    }

    init(_ options: OptionValues) throws(Problem) {
        targets = try Self.addresses(options.list(Self.targets) ?? [Self.standardTarget])
        families = try Self.known(options.list(Self.families))
        let prefix = options.text(Self.prefix) ?? Self.standardPrefix
        do throws(TextTemplate.Problem) {
            prefixTemplate = try TextTemplate(prefix, allowed: [.strap])
        } catch {
            throw Problem(key: Self.prefix, message: "`prefix` \(error.description)")
        }
        guard OSCMessage.isAddress(prefix.replacing("{strap}", with: "")) else {
            throw Problem(
                key: Self.prefix,
                message: "`prefix` is not the beginning of an OSC address, like \(Self.standardPrefix)")
        }
        do throws(TextTemplate.Problem) {
            chatboxTemplate = try options.text(Self.chatbox).map { text throws(TextTemplate.Problem) in
                try TextTemplate(text)
            }
        } catch {
            throw Problem(key: Self.chatbox, message: "`chatbox` \(error.description)")
        }
        findsVRChat = options.text(Self.find) == Self.vrchat
    }

    var namesStrap: Bool { prefixTemplate.placeholders.contains(.strap) }

    var hasChatbox: Bool { chatboxTemplate != nil }

    /// The beginning of the addresses of a strap's parameters.
    func prefix(ofStrap name: String) -> String {
        prefixTemplate.text(for: LiveStrap(name: name, value: .none(.stopped)), Self.addressPart)
    }

    /// The text for the chatbox: a line for each live strap. Empty without a chatbox.
    func chatboxText(of straps: [LiveStrap]) -> String {
        guard let chatboxTemplate else { return "" }
        return straps.filter { $0.reading != nil }.map { chatboxTemplate.text(for: $0) }.joined(separator: "\n")
    }

    /// A name as a part of an OSC address: its letters, digits, hyphens and dots, and `_` instead of all else.
    static func addressPart(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                        || "-.".unicodeScalars.contains(scalar) ? scalar : "_"
                }))
    }

    private static func addresses(_ texts: [String]) throws(Problem) -> [DatagramAddress] {
        var addresses: [DatagramAddress] = []
        for text in texts {
            do throws(DatagramAddress.Problem) {
                let address = try DatagramAddress(text, standardPort: standardPort)
                if !addresses.contains(address) { addresses.append(address) }
            } catch {
                throw Problem(key: targets, message: "`targets`: \(error.description)")
            }
        }
        guard !addresses.isEmpty else {
            throw Problem(key: targets, message: "`targets` is empty: name at least one, like 127.0.0.1:9000")
        }
        return addresses
    }

    private static func known(_ names: [String]?) throws(Problem) -> [OSCFamily] {
        guard let names else { return OSCFamily.allCases }
        guard !names.isEmpty else {
            throw Problem(key: families, message: "`families` is empty: name at least one, or leave it out for all")
        }
        return names.compactMap(OSCFamily.init)
    }
}
