import FoundationEssentials

/// What a program says about itself over OSCQuery
/// ([proposal](https://github.com/Vidvox/OSCQueryProposal)). It is text of a foreign machine.
struct OSCQueryHost: Decodable, Sendable {
    let port: UInt16
    let transport: String?

    enum CodingKeys: String, CodingKey {
        case port = "OSC_PORT"
        case transport = "OSC_TRANSPORT"
    }

    /// Nil unless it takes OSC over UDP.
    init?(_ body: [UInt8]) {
        guard let host = try? JSONDecoder().decode(Self.self, from: Data(body)), host.port > 0,
            host.transport.map({ $0.uppercased() == "UDP" }) ?? true
        else { return nil }
        self = host
    }
}

/// The addresses that a program takes.
struct OSCQueryTree: Sendable, Equatable {
    let addresses: Set<String>

    /// Nil if it is no tree, or names no address: then nothing is known.
    init?(_ body: [UInt8]) {
        guard let root = try? JSONDecoder().decode(Node.self, from: Data(body)) else { return nil }
        var addresses: Set<String> = []
        root.collect(into: &addresses, depth: 0)
        guard !addresses.isEmpty else { return nil }
        self.addresses = addresses
    }

    private struct Node: Decodable {
        static let deepest = 16

        let path: String?
        let type: String?
        let contents: [String: Node]?

        enum CodingKeys: String, CodingKey {
            case path = "FULL_PATH"
            case type = "TYPE"
            case contents = "CONTENTS"
        }

        func collect(into addresses: inout Set<String>, depth: Int) {
            if let path, type != nil { addresses.insert(path) }
            guard depth < Self.deepest else { return }
            for node in (contents ?? [:]).values { node.collect(into: &addresses, depth: depth + 1) }
        }
    }
}
