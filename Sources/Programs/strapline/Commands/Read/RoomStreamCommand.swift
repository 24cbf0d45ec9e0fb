import ArgumentParser
import Console
import Pulsoid
import PulsoidAPI
import TextFormats

struct RoomStreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "room",
        abstract: "Print the heart rates and changes of a room.",
        discussion: """
            Needs the token of a member with the scope \(PulsoidScope.roomRead.rawValue). It reconnects until it \
            succeeds.
            """)

    @Argument(help: "The ID of the room.") var roomID: String
    @Option(
        help: ArgumentHelp(
            "The kinds of messages to print, separated by commas: "
                + RoomMessageKind.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "kinds"),
        transform: Self.kinds)
    var kinds: Set<RoomMessageKind> = RoomMessageKind.defaults
    @OptionGroup var service: ServiceOptions

    func run() async throws {
        try await service.client().withRoom(roomID, kinds: kinds) { events in
            for try await event in events {
                guard case .message(let message) = event else {
                    StreamNotice.text(event).map(StandardStream.error.print)
                    continue
                }
                StandardStream.output.print(service.json ? try message.jsonLine() : Self.sentence(message))
            }
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
    static func sentence(_ message: RoomMessage) -> String {
        let time = WallTime.text(ofMilliseconds: message.timestampMilliseconds)
        let event =
            switch message.payload {
            case .heartRate(let rate): "\(rate.profileID.printable())  \(rate.bpm) bpm"
            case .memberUpdated(let member): "\(member.profileID.printable())  is a member \(compact(member.config))"
            case .memberRemoved(let member): "\(member.profileID.printable())  was removed"
            case .roomUpdated(let room): "room \(room.roomID.printable()) \(compact(room.config))"
            }
        return "\(time)  \(event)"
    }

    private static func compact(_ config: JSONValue) -> String {
        (try? config.jsonLine()) ?? ""
    }
}
