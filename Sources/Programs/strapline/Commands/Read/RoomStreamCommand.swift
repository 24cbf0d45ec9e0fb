import ArgumentParser
import Console
import Pulsoid
import PulsoidAPI
import Setup
import TextFormats
import Tokens
import WebClient

struct RoomStreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "room",
        abstract: "Print the heart rates and changes of a room.",
        discussion: """
            At a hub a room is named by its name or its ID, and the only one needs neither. On a terminal it shows \
            a line for each member.

            Needs the token of a member with the scope \(PulsoidScope.roomRead.rawValue). It reconnects until it \
            succeeds.
            """)

    @Argument(help: "The room: its ID, or its name at a hub.") var room: String?
    @Option(
        help: ArgumentHelp(
            "The kinds of messages to print, separated by commas: "
                + RoomMessageKind.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "kinds"),
        transform: Self.kinds)
    var kinds: Set<RoomMessageKind> = RoomMessageKind.defaults
    @OptionGroup var service: ServiceOptions

    func run() async throws {
        let (token, client) = (service.token, try service.webClient())
        let address = try ServiceAddress(service.address)
        let rooms = await HubRooms.ask(at: address, token: token, client: client)
        guard let roomID = try rooms?.room(room) ?? room else { throw try await reasonForNoList(address) }
        var names = rooms?.names ?? [:]
        var board = service.showsBoard ? LiveBoard() : nil
        try await service.client().withRoom(roomID, kinds: kinds) { events in
            for try await event in events {
                guard case .message(let message) = event else {
                    StreamNotice.text(event).map { StreamNotice.show($0, on: &board) }
                    continue
                }
                if let id = message.profileID, names[id] == nil, rooms != nil {
                    names[id] =
                        await HubRooms.ask(at: address, token: token, client: client)?.names[id] ?? id.printable()
                }
                if board != nil {
                    Self.show(message, names, on: &board)
                } else {
                    StandardStream.output.print(
                        service.json ? try message.jsonLine() : Self.sentence(message, names: names))
                }
            }
        }
    }

    /// Why the service gave no list of rooms.
    private func reasonForNoList(_ address: ServiceAddress) async throws -> CommandError {
        let scope = PulsoidScope.roomRead
        let validation = try await service.client().validateToken()
        guard validation.grants(scope) else {
            return CommandError(
                "the token lacks the scope \(scope.rawValue). \(TokenAdvice(address).make(scope.rawValue))",
                .notPermitted)
        }
        return CommandError("name the room by its ID: `strapline room ROOM_ID`", .validationFailure)
    }

    private static func show(_ message: RoomMessage, _ names: [String: String], on board: inout LiveBoard?) {
        switch message.payload {
        case .heartRate(let rate):
            let name = names[rate.profileID] ?? rate.profileID.printable()
            board?.show(rate.bpm, of: name, id: rate.profileID, atMilliseconds: message.timestampMilliseconds)
        case .memberRemoved(let member): board?.remove(member.profileID)
        case .memberUpdated, .roomUpdated: break
        }
    }

    private static func kinds(_ text: String) throws -> Set<RoomMessageKind> {
        try Set(
            text.split(separator: ",").map { word in
                guard let kind = RoomMessageKind(rawValue: String(word)) else {
                    let known = RoomMessageKind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("\(word) is none of: \(known)")
                }
                return kind
            })
    }

    /// A line about a message, whose names and configurations the room's members choose.
    static func sentence(_ message: RoomMessage, names: [String: String] = [:]) -> String {
        func name(_ id: String) -> String { names[id] ?? id.printable() }
        let time = WallTime.text(ofMilliseconds: message.timestampMilliseconds)
        let event =
            switch message.payload {
            case .heartRate(let rate): "\(name(rate.profileID))  \(rate.bpm) bpm"
            case .memberUpdated(let member): "\(name(member.profileID))  is a member \(compact(member.config))"
            case .memberRemoved(let member): "\(name(member.profileID))  was removed"
            case .roomUpdated(let room): "room \(room.roomID.printable()) \(compact(room.config))"
            }
        return "\(time)  \(event)"
    }

    private static func compact(_ config: JSONValue) -> String {
        (try? config.jsonLine()) ?? ""
    }
}

extension RoomMessage {
    /// The member that the message is about.
    fileprivate var profileID: String? {
        switch payload {
        case .heartRate(let rate): rate.profileID
        case .memberUpdated(let member): member.profileID
        case .memberRemoved(let member): member.profileID
        case .roomUpdated: nil
        }
    }
}
