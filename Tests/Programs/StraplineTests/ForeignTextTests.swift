import Console
import FoundationEssentials
import PulsoidAPI
import StrapFixtures
import TestKit
import Testing

@testable import strapline

/// What a service, or another member of a room, has chosen moves no cursor of the terminal that shows it.
@Suite struct ForeignTextTests {
    private static let hostile = "x\u{1B}]0;t\u{7}\u{9B}31m\u{202E}y\nz"
    private static let value = JSONValue.object([hostile: .array([.string(hostile)])])
    private static let payloads: [RoomMessage.Payload] = [
        .heartRate(RoomMessage.HeartRate(profileID: hostile, bpm: 72)),
        .memberUpdated(RoomMessage.MemberUpdated(profileID: hostile, config: value)),
        .memberRemoved(RoomMessage.MemberRemoved(profileID: hostile)),
        .roomUpdated(RoomMessage.RoomUpdated(roomID: hostile, config: value)),
    ]

    @Test(arguments: payloads) func sentence_aboutARoom_isOneSafeLine(payload: RoomMessage.Payload) {
        let line = RoomStreamCommand.sentence(RoomMessage(timestampMilliseconds: 1_709_312_400_000, payload: payload))
        expectSafe(line)
        #expect(!line.contains("\n"))
    }

    @Test(arguments: payloads) func json_ofARoomMessage_meansTheSameAndMovesNoCursor(
        payload: RoomMessage.Payload
    ) throws {
        let message = RoomMessage(timestampMilliseconds: 1_709_312_400_000, payload: payload)
        let text = try message.jsonLine()
        expectSafe(text)
        #expect(try JSONDecoder().decode(RoomMessage.self, from: Data(text.utf8)) == message)
    }

    @Test func terminal_whatIsPrinted_movesNoCursor() async {
        let terminal = ScriptedTerminal()
        await terminal.print("a\(Self.hostile)b")
        expectSafe(terminal.text)
    }

    private func expectSafe(_ text: String) {
        let unsafe = text.unicodeScalars.filter {
            $0 != "\n"
                && [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        #expect(unsafe.isEmpty, "\(text.debugDescription)")
    }
}
