import FoundationEssentials
import HTTPTypes
import HubStore
import NIOCore
import PulsoidAPI

/// The body of a call of the administration: a JSON object. What is misspelt is refused, not passed over: a token whose
/// `expires_in` nobody has read would be good for ever.
struct AdminBody: Sendable {
    /// A hundred years, as on the command line: longer is a slip of the keyboard.
    private static let longestSeconds: Int64 = 100 * 365 * 86400

    private let members: [String: JSONValue]

    /// - Throws: 400 for what is no JSON object, or has members that are not `known`.
    init(_ bytes: ByteBuffer, known: [String]) throws(Failure) {
        let bounds = JSONBounds.administration
        guard bounds.allow(bytes.readableBytesView) else {
            throw Failure(
                .badRequest, "the body may be \(bounds.depth) levels deep and have \(bounds.nodes) values at most")
        }
        let value =
            bytes.readableBytes == 0
            ? JSONValue.object([:]) : try? JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView))
        guard case .object(let members)? = value else { throw Failure(.badRequest, "the body must be a JSON object") }
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw Failure(
                .badRequest, "\(unknown) is not known here; the members are \(known.joined(separator: ", "))")
        }
        self.members = members.filter { $0.value != .null }
    }

    func string(_ name: String) throws(Failure) -> String {
        guard let string = try optionalString(name) else { throw Failure(.badRequest, "\(name) is missing") }
        return string
    }

    func optionalString(_ name: String) throws(Failure) -> String? {
        switch members[name] {
        case nil: return nil
        case .string(let string): return string
        default: throw Failure(.badRequest, "\(name) must be a string")
        }
    }

    /// A user: a name or a profile as a string, a number as either.
    func user(_ name: String) throws(Failure) -> String {
        if case .integer(let number)? = members[name] { return String(number) }
        return try string(name)
    }

    func optionalStrings(_ name: String) throws(Failure) -> [String]? {
        members[name] == nil ? nil : try strings(name)
    }

    func strings(_ name: String) throws(Failure) -> [String] {
        let failure = Failure(.badRequest, "\(name) must be an array of strings")
        guard case .array(let values)? = members[name] else { throw failure }
        var strings: [String] = []
        for value in values {
            guard case .string(let string) = value else { throw failure }
            strings.append(string)
        }
        return strings
    }

    func flag(_ name: String) throws(Failure) -> Bool {
        switch members[name] {
        case nil: return false
        case .bool(let flag): return flag
        default: throw Failure(.badRequest, "\(name) must be true or false")
        }
    }

    /// A length of time in seconds.
    func optionalSeconds(_ name: String) throws(Failure) -> Duration? {
        switch members[name] {
        case nil: return nil
        case .integer(let seconds) where (1...Self.longestSeconds).contains(seconds): return .seconds(seconds)
        default: throw Failure(.badRequest, "\(name) must be a whole number of seconds, at least 1")
        }
    }

    /// What it is, is checked by who keeps it.
    func config() -> JSONValue? { members["config"] }
}
