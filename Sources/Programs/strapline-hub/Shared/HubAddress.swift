import ArgumentParser
import HubServer
import NIOCore

/// The hub's address for users: `http://192.168.1.10:8080`, or `https://box.example/heart` with a path.
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

    /// Whether requests cross a network without encryption.
    var isPlainBeyondThisMachine: Bool {
        guard text.hasPrefix("http://") else { return false }
        let authority = text.dropFirst("http://".count).prefix { $0 != "/" }.lowercased()
        let name = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        return !(name == "localhost" || name == "[::1]" || name.hasPrefix("127."))
    }

    private init(text: String) {
        self.text = text
    }

    /// This machine's first network address, with the hub's default port.
    static func ofThisMachine() -> HubAddress {
        let addresses = ((try? System.enumerateDevices()) ?? []).compactMap(\.address)
        let address = addresses.first { address in
            guard case .v4 = address, let text = address.ipAddress else { return false }
            return !text.hasPrefix("127.") && !text.hasPrefix("169.254.")
        }
        return HubAddress(text: "http://\(address?.ipAddress ?? "127.0.0.1"):8080")
    }
}
