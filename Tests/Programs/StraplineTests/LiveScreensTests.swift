import Console
import FoundationEssentials
import PulsoidAPI
import Testing

@testable import strapline

/// What `run`, `room` and `watch` show on a terminal.
@Suite struct LiveScreensTests {
    private let rooms: HubRooms

    init() throws {
        let json = """
            {"rooms": [
              {"room_id": "3e50123576a04ab6714528ab", "config": {"name": "Gym"},
               "members": [{"profile_id": "p1", "name": "Anna", "config": {}}]},
              {"room_id": "3e50123576a04ab6714528ac", "config": {}, "members": []}]}
            """
        rooms = try JSONDecoder().decode(HubRooms.self, from: Data(json.utf8))
    }

    @Test func room_isFoundByItsNameOrItsID() throws {
        #expect(try rooms.room("gym") == "3e50123576a04ab6714528ab")
        #expect(try rooms.room("3e50123576a04ab6714528ac") == "3e50123576a04ab6714528ac")
        #expect(try HubRooms(rooms: [rooms.rooms[0]]).room(nil) == "3e50123576a04ab6714528ab")
        #expect(try rooms.room("3e50123576a04ab6714528ff") == "3e50123576a04ab6714528ff")
    }

    @Test func room_thatIsNotMeantForSure_isAnsweredWithTheList() {
        let several = #expect(throws: CommandError.self) { try rooms.room(nil) }
        #expect(several?.description.contains("Gym (3e50123576a04ab6714528ab), 1 member") == true)
        let wrong = #expect(throws: CommandError.self) { try rooms.room("Gim") }
        #expect(wrong?.description.contains("Did you mean `Gym`?") == true)
        #expect(throws: CommandError.self) { try HubRooms(rooms: []).room(nil) }
    }

    @Test func sentence_namesTheMember() {
        let message = RoomMessage(
            timestampMilliseconds: 0, payload: .heartRate(RoomMessage.HeartRate(profileID: "p1", bpm: 95)))
        #expect(RoomStreamCommand.sentence(message, names: rooms.names).hasSuffix("Anna  95 bpm"))
        #expect(RoomStreamCommand.sentence(message).hasSuffix("p1  95 bpm"))
    }
}
