import ArgumentParser
import Console
import FoundationEssentials
import PulsoidAPI
import TextFormats
import Tokens
import WebClient

/// The rooms of a token's user at a hub, with the names of their members. Pulsoid has no such call.
struct HubRooms: Decodable {
    struct Room: Decodable {
        let roomID: String
        let config: JSONValue
        let members: [Member]

        enum CodingKeys: String, CodingKey {
            case roomID = "room_id"
            case config, members
        }

        /// The name that the room's configuration gives it.
        var name: String? {
            guard case .object(let fields) = config, case .string(let name)? = fields["name"], !name.isEmpty else {
                return nil
            }
            return name
        }

        /// `Gym (3e50123576a04ab6714528ab), 12 members`
        var title: String {
            let count = "\(members.count) member\(members.count == 1 ? "" : "s")"
            return "\(name.map { "\($0.printable()) (\(roomID.printable()))" } ?? roomID.printable()), \(count)"
        }
    }

    struct Member: Decodable {
        let profileID: String
        let name: String

        enum CodingKeys: String, CodingKey {
            case profileID = "profile_id"
            case name
        }
    }

    let rooms: [Room]

    private static let path = "/api/hub/v1/rooms"

    /// Nil at Pulsoid, and without an answer: the stream then reports the reason.
    static func ask(at service: ServiceAddress, token: TokenSource, client: WebClient) async -> HubRooms? {
        guard let secret = try? token.read(), let request = try? RequestTemplate(.get, service, path: path),
            let response = try? await client.send(to: request, headers: [("Authorization", secret.bearer)]),
            response.status == 200
        else { return nil }
        return try? JSONDecoder().decode(HubRooms.self, from: Data(response.body))
    }

    /// The room that is meant by an ID or a name. Without either the only one.
    func room(_ text: String?) throws(CommandError) -> String {
        guard let text else {
            if let only = rooms.first, rooms.count == 1 { return only.roomID }
            let list = rooms.map { "\n  " + $0.title }.joined()
            throw CommandError(
                rooms.isEmpty ? "this user is in no room" : "name one of these rooms:\(list)", .validationFailure)
        }
        if rooms.contains(where: { $0.roomID == text }) { return text }
        let named = rooms.filter { $0.name?.lowercased() == text.lowercased() }
        if let room = named.first, named.count == 1 { return room.roomID }
        // The ID of a room that this user is not in: the hub explains it.
        if text.count == 24, text.allSatisfy(\.isHexDigit) { return text }
        let near = Spelling.suggestion(for: text, among: rooms.compactMap(\.name)).map { " Did you mean `\($0)`?" }
        let list = rooms.map { "\n  " + $0.title }.joined()
        throw CommandError(
            "there is no room `\(text.printable())` for this user.\(near ?? "") There is:\(list)", .validationFailure)
    }

    /// Names by profiles.
    var names: [String: String] {
        Dictionary(rooms.flatMap(\.members).map { ($0.profileID, $0.name.printable()) }) { first, _ in first }
    }
}
