import ArgumentParser
import HubServer
import NIOCore

/// Where others reach the hub: `http://192.168.1.10:8080`, or `https://box.example/heart` below a path.
struct HubAddress: ExpressibleByArgument {
    /// Without a slash at the end.
    let text: String

    init?(argument: String) {
        guard let scheme = ["http://", "https://"].first(where: argument.hasPrefix) else { return nil }
        let rest = argument.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(host.count)
        guard !host.isEmpty,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".:-_[]".contains($0)) }),
            let prefix = path.isEmpty ? PathPrefix("/") : PathPrefix(path)
        else { return nil }
        text = scheme + host + prefix.text
    }

    /// Whether the address is on another machine and not encrypted.
    var isPlainBeyondThisMachine: Bool {
        !isSecure && !isOfThisMachineOnly
    }

    private init(text: String) {
        self.text = text
    }

    private var authority: Substring { text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" } }

    /// Without the port; an IPv6 address without its brackets.
    var host: String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    /// Nil without a port: then it is the scheme's, or a proxy's.
    var port: UInt16? {
        let rest = authority.hasPrefix("[") ? authority.drop { $0 != "]" }.dropFirst() : authority[...]
        return rest.lastIndex(of: ":").flatMap { UInt16(rest[rest.index(after: $0)...]) }
    }

    var isSecure: Bool { text.hasPrefix("https://") }

    var hasPath: Bool { text.drop { $0 != "/" }.dropFirst(2).contains("/") }

    var isOfThisMachineOnly: Bool {
        let name = host.lowercased()
        return name == "localhost" || name == "::1" || name.hasPrefix("127.")
    }

    /// With another port.
    func at(port: UInt16) -> HubAddress {
        let literal = host.contains(":") ? "[\(host)]" : host
        let scheme = text.prefix { $0 != "/" }
        let path = text.dropFirst(scheme.count + 2 + authority.count)
        return HubAddress(text: "\(scheme)//\(literal):\(port)\(path)")
    }

    /// The default of `serve --port`.
    static let usualPort: UInt16 = 8080

    /// At this machine's first network address, with the default port.
    static func ofThisMachine() -> HubAddress {
        let addresses = ((try? System.enumerateDevices()) ?? []).compactMap(\.address)
        let address = addresses.first { address in
            guard case .v4 = address, let text = address.ipAddress else { return false }
            return !text.hasPrefix("127.") && !text.hasPrefix("169.254.")
        }
        return HubAddress(text: "http://\(address?.ipAddress ?? "127.0.0.1"):\(usualPort)")
    }
}
