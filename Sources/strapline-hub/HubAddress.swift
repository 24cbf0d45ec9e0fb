import ArgumentParser
import NIOCore

/// Where others reach the hub: `http://192.168.1.10:8080`.
struct HubAddress: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        let scheme = ["http://", "https://"].first { argument.hasPrefix($0) }
        let host = argument.dropFirst(scheme?.count ?? 0)
        guard scheme != nil, !host.isEmpty,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".:-_[]".contains($0)) })
        else { return nil }
        text = argument
    }

    private init(text: String) {
        self.text = text
    }

    /// At this machine's first address on a network, with the port that the hub has unless told.
    static func ofThisMachine() -> HubAddress {
        let addresses = ((try? System.enumerateDevices()) ?? []).compactMap(\.address)
        let address = addresses.first { address in
            guard case .v4 = address, let text = address.ipAddress else { return false }
            return !text.hasPrefix("127.") && !text.hasPrefix("169.254.")
        }
        return HubAddress(text: "http://\(address?.ipAddress ?? "127.0.0.1"):8080")
    }
}
