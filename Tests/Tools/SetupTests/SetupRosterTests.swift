import FoundationEssentials
import TestKit
import Testing
import UploaderConfiguration

@testable import Setup

@Suite struct SetupRosterTests {
    private let folder = TemporaryDirectory()
    private var file: String { folder.file("class.csv") }

    private func roster(_ text: String) throws -> SetupRoster {
        try Data(text.utf8).write(to: URL(filePath: file))
        return try SetupRoster(file: file, tokens: folder.file("tokens"))
    }

    @Test func straps_haveTheirPeoplesNamesAndTokens() throws {
        let roster = try roster("name,room,strap\nAnna,Gym,C4:11:22:33:44:55\nZoë,,Polar H10 A1B2C3D4\nBen,Gym,\n")
        #expect(roster.straps.map(\.name) == ["Anna", "Zoë"])
        #expect(
            roster.straps.map(\.identity.line) == [
                "address: \"C4:11:22:33:44:55\"", "device_name: \"Polar H10 A1B2C3D4\"",
            ])
        #expect(roster.straps.map(\.tokenFile) == [folder.file("tokens/anna.token"), folder.file("tokens/zoë.token")])
        #expect(roster.others == ["Ben"])
    }

    @Test func mistakes_areAllReported_withTheirLines() throws {
        let text = """
            name,strap
            Anna,C4:11:22:33:44:55
            Ben,c4-11-22-33-44-55
            Carl,C4:11:22:33:44
            Dana,Polar H10 A1
            Dana,Polar H10 B2
            """
        let roster = try roster(text)
        let lines = roster.mistakes.map { String($0.dropFirst(file.count).prefix(2)) }
        #expect(lines == [":2", ":3", ":4", ":6"], "\(roster.mistakes)")
        #expect(roster.mistakes.first?.contains("Anna has the same strap as Ben in line 3") == true)
        // Nothing is guessed: of two equal straps neither is taken.
        #expect(roster.straps.map(\.name) == ["Dana"])
    }

    @Test(arguments: ["name\nAnna\n", "", "\u{0}"])
    func rosterWithoutStraps_isReported(text: String) throws {
        let roster = try roster(text)
        #expect(roster.straps.isEmpty && roster.mistakes.count == 1, "\(roster.mistakes)")
    }

    @Test func missingFile_isReported() {
        #expect(throws: SetupError.self) { try SetupRoster(file: folder.file("none.csv"), tokens: "t") }
    }
}
