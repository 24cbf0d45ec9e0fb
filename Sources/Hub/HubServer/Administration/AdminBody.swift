import FoundationEssentials
import HTTPTypes
import HubStore
import NIOCore
import PulsoidAPI

/// The body of a call of the administration: a JSON object. An unknown member is an error: a token with a misspelt
/// `expires_in` would never expire.
struct AdminBody: Sendable {
    /// A hundred years, as on the command line: a longer time is a typing error.
    private static let longestSeconds: Int64 = 100 * 365 * 86400

    private let members: [String: JSONValue]

    /// - Throws: 400 for anything but a JSON object with `known` members.
    init(_ bytes: ByteBuffer, known: [String]) throws(HubHTTPError) {
        let bounds = JSONBounds.administration
        guard bytes.withUnsafeReadableBytes(bounds.allow) else {
            throw HubHTTPError(
                .badRequest, "the body may be \(bounds.depth) levels deep and have \(bounds.nodes) values at most")
        }
        let value =
            bytes.readableBytes == 0
            ? JSONValue.object([:]) : try? JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView))
        guard case .object(let members)? = value else {
            throw HubHTTPError(.badRequest, "the body must be a JSON object")
        }
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw HubHTTPError(
                .badRequest, "\(unknown) is not known here; the members are \(known.joined(separator: ", "))")
        }
        self.members = members.filter { $0.value != .null }
    }

    func string(_ name: String) throws(HubHTTPError) -> String {
        guard let string = try optionalString(name) else { throw HubHTTPError(.badRequest, "\(name) is missing") }
        return string
    }

    func optionalString(_ name: String) throws(HubHTTPError) -> String? {
        switch members[name] {
        case nil: return nil
        case .string(let string): return string
        default: throw HubHTTPError(.badRequest, "\(name) must be a string")
        }
    }

    /// A user: a name or a profile as a string, or a number.
    func user(_ name: String) throws(HubHTTPError) -> String {
        if case .integer(let number)? = members[name] { return String(number) }
        return try string(name)
    }

    func optionalStrings(_ name: String) throws(HubHTTPError) -> [String]? {
        members[name] == nil ? nil : try strings(name)
    }

    func strings(_ name: String) throws(HubHTTPError) -> [String] {
        let failure = HubHTTPError(.badRequest, "\(name) must be an array of strings")
        guard case .array(let values)? = members[name] else { throw failure }
        var strings: [String] = []
        for value in values {
            guard case .string(let string) = value else { throw failure }
            strings.append(string)
        }
        return strings
    }

    func flag(_ name: String) throws(HubHTTPError) -> Bool {
        switch members[name] {
        case nil: return false
        case .bool(let flag): return flag
        default: throw HubHTTPError(.badRequest, "\(name) must be true or false")
        }
    }

    /// A length of time in seconds.
    func optionalSeconds(_ name: String) throws(HubHTTPError) -> Duration? {
        switch members[name] {
        case nil: return nil
        case .integer(let seconds) where (1...Self.longestSeconds).contains(seconds): return .seconds(seconds)
        default: throw HubHTTPError(.badRequest, "\(name) must be a whole number of seconds, at least 1")
        }
    }

    /// The store checks its contents.
    func config() -> JSONValue? { members["config"] }
}
