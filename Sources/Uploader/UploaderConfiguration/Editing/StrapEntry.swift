package import BlueZ
import Files
import FoundationEssentials
import TextFormats

/// A new strap for a configuration file, with its destinations.
package struct StrapEntry: ConfigurationEntry {
    package static let list = "straps"
    package static let noun = "strap"

    package let name: String
    package let identity: StableIdentity
    package let destinations: [DestinationEntry]

    /// The folder of the user's own files.
    package static var userFolder: String { HomeFolder.path() + "/.config/strapline" }

    package init(name: String, identity: StableIdentity, destinations: [DestinationEntry]) {
        self.name = name
        self.identity = identity
        self.destinations = destinations
    }

    /// With Pulsoid as its destination, or a hub.
    ///
    /// Nil where ``StableIdentity`` is.
    ///
    /// - Parameters:
    ///   - device: gives it its address, or its device name where that lasts longer.
    ///   - name: nil makes one of the device's.
    ///   - taken: the names of the other straps in the file.
    ///   - tokenFile: the file of its token; nil names a file after the strap.
    ///   - folder: the default folder of the token's file.
    ///   - hub: the address of a hub, instead of Pulsoid.
    package init?(
        _ device: NearbyDevice, name: String?, taken: Set<String>, tokenFile: String?, folder: String,
        hub: String? = nil
    ) {
        guard let identity = StableIdentity(of: device) else { return nil }
        let name = name ?? Self.name(for: device, taken: taken)
        // The uploader may be started in another folder.
        let told = tokenFile.map { URL(filePath: $0).standardizedFileURL.path }
        let path = told ?? folder + "/pulsoid-\(Self.plain(name)).token"
        self.init(
            name: name, identity: identity,
            destinations: [DestinationEntry(service: .pulsoid, address: hub, token: .file(path))])
    }

    /// The file of its first token; empty where that is none.
    package var tokenFile: String {
        guard case .file(let path) = destinations.first?.token else { return "" }
        return path
    }

    /// The lines of YAML, the first one with the dash.
    package func lines(indent: Int) -> [String] {
        let lines =
            ["- name: \(Self.quoted(name))", "  " + identity.line, "  destinations:"]
            + destinations.flatMap(\.lines).map { "    " + $0 }
        return lines.map { String(repeating: " ", count: indent) + $0 }
    }

    /// A name that no other strap has, after the device's own.
    package static func name(for device: NearbyDevice, taken: Set<String>) -> String {
        name(plain(device.name.map { $0.printable() } ?? ""), taken: taken)
    }

    /// `Polar H10 A1B2` → `polar-h10-a1b2`: fit for a file's name too.
    package static func plain(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let plain = String(words.joined(separator: "-").prefix(32))
        return plain.isEmpty ? "strap" : plain
    }

    /// The name, or one that begins with it if it is taken: `anna-2`.
    package static func name(_ name: String, taken: Set<String>) -> String {
        guard taken.contains(name) else { return name }
        return (2...).lazy.map { "\(name)-\($0)" }.first { !taken.contains($0) } ?? name
    }

    /// A double-quoted scalar: whatever the text holds, it is this text and nothing else.
    package static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.properties.generalCategory == .control:
                "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
