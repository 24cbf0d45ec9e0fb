import Testing

@testable import HubAPI

struct RosterTests {
    private func roster(_ text: String, room: String? = nil) -> Roster { Roster(Array(text.utf8), room: room) }

    private func names(_ text: String) -> [String] { roster(text).lines.map(\.entry.name) }

    @Test(arguments: [
        "Anna\nBen\n", "name\nAnna\nBen", "Name,Room\r\nAnna,Gym\r\nBen,\r\n", "\u{FEFF}name\tmax_hr\nAnna\t180\nBen\t",
        "\n\nAnna;Gym\n;;\nBen;Gym;185\n", "sep=;\nname;max_hr\nAnna;180\nBen;\n",
        "SEP=,\nAnna,Gym\nBen,Gym\n", "room,name\nGym,Anna\nGym,\"Ben\"\n", " Anna , Gym \n\"Ben\",\"Gym\"",
    ])
    func file_asSpreadsheetsWriteIt_isRead(text: String) {
        #expect(roster(text).mistakes.isEmpty)
        #expect(names(text) == ["Anna", "Ben"])
    }

    @Test func cell_inQuotes_mayHoldSeparatorsQuotesAndLineBreaks() {
        let table = CSVTable("\"Smith, \"\"Zoë\"\"\",\"a\nb\"\nBen,c")
        #expect(table.rows.map(\.cells) == [["Smith, \"Zoë\"", "a\nb"], ["Ben", "c"]])
        #expect(table.rows.map(\.line) == [1, 3])
    }

    @Test func entry_withoutARoom_getsTheRoomOfTheCommand() {
        #expect(roster("Anna,Pool\nBen", room: "Gym").lines.map(\.entry.room) == ["Pool", "Gym"])
    }

    @Test func strap_isAnAddressOrAName_inAColumnOfItsOwn() {
        let text = "name,strap,room\nAnna,C4:11:22:33:44:55,\nBen,\"Polar H10 A1B2C3D4\",Gym\nZoë,,\n"
        #expect(roster(text).lines.map(\.entry.strap) == ["C4:11:22:33:44:55", "Polar H10 A1B2C3D4", nil])
        #expect(roster("Anna,Gym,180,Polar").lines.map(\.entry.strap) == ["Polar"])
    }

    @Test func tokenFiles_haveTheNamesOfThePeople_eachOnce() {
        let files = Roster.tokenFiles(for: ["Anna", "Zoë B.", "zoë-b."])
        #expect(files == ["anna.token", "zoë-b-.token", "zoë-b--2.token"])
        let long = Roster.tokenFiles(for: [String(repeating: "é", count: 300)])[0]
        #expect(long.utf8.count <= 255)
    }

    @Test(arguments: [
        ("Vorname,Nachname,Maximalpuls\nAnna,B,180\n", "no column is called name; columns are name, room"),
        ("Person,Strap\nAnna,Polar\n", "no column is called name; columns are name, room"),
        ("name,Maximalpuls\nAnna,180\n", "Maximalpuls is no column; columns are name, room"),
        ("name,room,Room\nAnna,a,b\n", "the column Room is there twice; columns are name, room"),
    ])
    func titlesThatAreNotKnown_areNamed(text: String, words: String) {
        let mistakes = roster(text).mistakes
        #expect(mistakes.count == 1 && mistakes[0].text.hasPrefix(words), "\(mistakes)")
    }

    @Test(arguments: [
        ("", 1), ("name\n", 1), ("Anna\nAnna\n", 2), ("name,age\nAnna,7\n", 1), ("Anna,Gym,fast\n", 1),
        ("Anna,Gym,99\n", 1), ("Anna,Gym,180,Polar,8\n", 1), ("Anna\n,Gym\n", 2), ("name,name\nAnna,Ben\n", 1),
    ])
    func mistake_hasItsLine(text: String, line: Int) {
        #expect(roster(text).mistakes.map(\.line) == [line])
    }

    @Test(arguments: [[0xFF, 0xFE, 0x41, 0x00], Array("Anna\nZo".utf8) + [0xEB, 0x0A]] as [[UInt8]])
    func file_inAnotherEncoding_isRefusedWithAdvice(bytes: [UInt8]) {
        let roster = Roster(bytes)
        #expect(roster.lines.isEmpty)
        #expect(roster.mistakes.first?.text.contains("UTF-8") == true)
    }
}
