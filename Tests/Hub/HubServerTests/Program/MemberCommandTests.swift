import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import PulsoidAPI
import Subprocess
import TestKit
import Testing

/// `member` and `roster`, and names in the place of IDs, as their users type them.
@Suite(.timeLimit(.minutes(10)))
struct MemberCommandTests {
    private let program = HubProgram()

    private func lines(_ arguments: String...) async throws -> [String] {
        try await program.run(arguments).standardOutput.split(separator: "\n").map(String.init)
    }

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test func member_isAddedInOneGo_andOnceMoreChangesNothing() async throws {
        #expect(try await program.run("room", "create", "--name", "Gym").exitCode == 0)
        let file = program.directory.file("ben.token")
        let arguments = ["member", "add", "ben", "--room", "Gym", "--max-heart-rate", "185", "--token-file", file]
        #expect(try await program.run(arguments).standardOutput.contains("Made user ben"))
        #expect(Self.mode(file) == 0o600)
        let token = try String(contentsOfFile: file, encoding: .utf8)
        let again = try await program.run(arguments)
        #expect(again.exitCode == 0)
        #expect(again.standardOutput.contains("was there already"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == token)
        #expect(try await lines("token", "list").count == 1)
        #expect(try await lines("member", "list") == ["ben  Gym  maximum 185"])
        #expect(try await program.run("member", "add", "ben").standardOutput.contains("has a token already"))
        // Another member's file is not overwritten.
        let other = try await program.run("member", "add", "anna", "--token-file", file)
        #expect(other.exitCode == 73)
        #expect(try await lines("user", "list").count == 1)
        #expect(try await program.run("member", "remove", "ben", "--room", "gym").exitCode == 0)
        #expect(try await lines("member", "list").isEmpty)
    }

    @Test func databaseThatIsNotThere_isReported_becauseThePathMayBeMisspelt() async throws {
        let first = try await program.run("user", "list")
        #expect(first.exitCode == 0 && first.standardOutput == "\n")
        #expect(first.standardError.contains("There was no hub in "), "\(first.standardError)")
        #expect(try await program.run("user", "list").standardError.isEmpty)
        for command in [["init", "--user", "Anna"], ["user", "add", "Anna"], ["room", "create", "Gym"]] {
            #expect(try await HubProgram().run(command).standardError.isEmpty)
        }
    }

    @Test func databaseInTheHome_behindAnEqualsSign_isInTheHome() async throws {
        let ended = try await program.shell(
            #"cd "$(dirname "$1")" && HOME=$PWD strapline-hub user list '--database=~/own.sqlite' && ls"#)
        #expect(ended.exitCode == 0, "\(ended.standardError)")
        #expect(ended.standardOutput.contains("own.sqlite") && !ended.standardOutput.contains("~"))
    }

    @Test(arguments: [
        ["user", "remove", "Zoe"], ["member", "remove", "Zoe", "--room", "Hall"], ["room", "remove", "Hall", "Zoe"],
        ["token", "remove", "--user", "Zoe"], ["room", "delete", "Pool"], ["room", "remove", "Pool", "Ben"],
    ])
    func removalOfWhatIsNotThere_doesNotAdviseToMakeIt(command: [String]) async throws {
        _ = try await program.run("user", "add", "Ben")
        _ = try await program.run("room", "create", "Hall")
        let ended = try await program.run(command)
        #expect(ended.exitCode == 64)
        #expect(ended.standardError.contains("See: strapline-hub "), "\(ended.standardError)")
        #expect(!ended.standardError.contains("Make "), "\(ended.standardError)")
    }

    @Test func memberAdd_withAMistake_changesNothing() async throws {
        for mistake in [["--room", "Gym"], ["--room", "Home", "--max-heart-rate", "400"], []] {
            #expect(try await program.run(["member", "add", "ben"] + mistake).exitCode == 64)
        }
        #expect(try await program.run("member", "add", "", "--room", "Home").exitCode == 64)
        #expect(try await lines("user", "list").isEmpty)
    }

    @Test func rooms_goByName_andByIDWhereANameIsTakenTwice() async throws {
        let id = try await program.value("room_id", "room", "create", "Gym")
        _ = try await program.run("user", "add", "ben")
        #expect(try await program.run("room", "add", "gym", "ben").exitCode == 0)
        #expect(try await lines("room", "list") == ["\(id)  Gym  ben"])
        let second = try await program.value("room_id", "room", "create", "--name", "Gym")
        let ambiguous = try await program.run("room", "add", "Gym", "ben")
        #expect(ambiguous.exitCode == 64)
        #expect(ambiguous.standardError.contains(id) && ambiguous.standardError.contains(second))
        #expect(try await program.run("room", "add", second, "ben").exitCode == 0)
        #expect(try await program.run("room", "configure", second, #"{"name": "Pool"}"#).exitCode == 0)
        #expect(try await program.run("room", "remove", "Pool", "ben").exitCode == 0)
        #expect(try await program.run("room", "create", "a\u{202E}b").exitCode == 64)
    }

    @Test func class_savedAsUnicodeText_isRead() async throws {
        let csv = program.directory.file("class.txt")
        let units = "name\tmax_heart_rate\r\nZoë\t180\r\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        try Data([0xFF, 0xFE] + units).write(to: URL(filePath: csv))
        let folder = program.directory.file("tokens")
        let imported = try await program.run("roster", "import", csv, "--tokens", folder)
        #expect(imported.exitCode == 0, "\(imported.standardError)")
        #expect(try await lines("user", "list").first?.hasSuffix("  Zoë") == true)
    }

    @Test func class_isImportedFromASpreadsheet_withATokenFileForEach() async throws {
        _ = try await program.run("room", "create", "Gym")
        let csv = program.directory.file("class.csv")
        let people = (1...12).map { "Person \($0);;\(170 + $0)" }
        try Data(("\u{FEFF}Name;Room;Max heart rate\r\n" + people.joined(separator: "\r\n")).utf8)
            .write(to: URL(filePath: csv))
        let folder = program.directory.file("tokens")
        let arguments = ["roster", "import", csv, "--room", "Gym", "--tokens", folder]
        let imported = try await program.run(arguments)
        #expect(imported.exitCode == 0, "\(imported.standardError)")
        let members = try await lines("member", "list")
        #expect(members.count == 12)
        #expect(members.first == "Person 1   Gym  maximum 171")
        for number in 1...12 { #expect(Self.mode("\(folder)/person-\(number).token") == 0o600) }
        // Once more, with one more.
        try Data("Person 1\nZoë\n".utf8).write(to: URL(filePath: csv))
        let again = try await program.run(arguments)
        #expect(again.standardOutput.contains("has a token already"))
        #expect(Self.mode("\(folder)/zoë.token") == 0o600)
        #expect(try await lines("token", "list").count == 13)
        let token = try String(contentsOfFile: "\(folder)/zoë.token", encoding: .utf8).prefix { !$0.isNewline }
        _ = try await program.serve { serving in
            var request = HTTPClientRequest(url: serving.baseURL + PulsoidPath.validateToken)
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            let answer = try await HTTPClient.shared.execute(request, timeout: .minutes(1))
            #expect(answer.status == .ok)
        }
        // Its last use is recorded at the latest when the hub ends; here it was killed.
        let own = try await lines("token", "list", "--user", "Zoë")
        #expect(own.count == 1)
        #expect(own.joined().contains("  Zoë  uploader  "))
    }

    @Test func class_withMistakes_isNotImported_andEachHasItsLine() async throws {
        _ = try await program.run("room", "create", "Gym")
        let csv = program.directory.file("class.csv")
        try Data("name,room,max_heart_rate\nAnna,Gym\n,Gym\nBen,Pool\nCarl,Gym,900\nAnna,Gym\n42,Gym\n".utf8)
            .write(to: URL(filePath: csv))
        let refused = try await program.run("roster", "import", csv)
        #expect(refused.exitCode == 65)
        for line in [3, 5, 6] { #expect(refused.standardError.contains("class.csv:\(line): "), "\(line)") }
        try Data("Anna,Gym\nBen,Pool\n42,Gym\n".utf8).write(to: URL(filePath: csv))
        let unknown = try await program.run("roster", "import", csv)
        #expect(unknown.exitCode == 65)
        #expect(unknown.standardError.contains("class.csv:2: There is no room Pool."))
        #expect(unknown.standardError.contains("class.csv:3: "))
        #expect(try await lines("user", "list").isEmpty)
    }

    @Test func members_whoseTokensCannotBeShown_areNotAdded() async throws {
        _ = try await program.run("room", "create", "Gym")
        _ = try await program.run("user", "add", "Anna")
        let before = try await lines("room", "list") + lines("user", "list") + lines("token", "list")
        for command in ["member add Ben", "member add Anna", "roster import - --room Gym"] {
            let failed = try await program.shell(
                "printf 'Anna\\nBen\\n' | strapline-hub \(command) --database \"$1\" >/dev/full")
            #expect(failed.exitCode == 74, "\(failed)")
            #expect(failed.standardError.contains("nothing has changed"), "\(failed)")
            let after = try await lines("room", "list") + lines("user", "list") + lines("token", "list")
            #expect(after == before)
        }
        let folder = program.directory.file("missing/ben.token")
        #expect(try await program.run("member", "add", "Ben", "--token-file", folder).exitCode == 73)
        #expect(try await lines("user", "list").count == 1)
    }

    @Test func tokens_areListedWithUserLabelAndLastUse() async throws {
        _ = try await program.run("user", "add", "Anna")
        let token = try await program.value(
            "access_token", "token", "issue", "--user", "Anna", "--scope", "profile:read", "--label", "my overlay")
        _ = try await program.run("token", "issue", "--user", "Anna", "--scope", "profile:read")
        let unused = try await lines("token", "list")
        #expect(unused.allSatisfy { $0.contains("never used") })
        _ = try await program.serve(ending: .terminate) { serving in
            var request = HTTPClientRequest(url: serving.baseURL + PulsoidPath.validateToken)
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            let answer = try await HTTPClient.shared.execute(request, timeout: .minutes(1))
            #expect(answer.status == .ok)
        }
        let listed = try await lines("token", "list")
        #expect(listed.contains { $0.contains("  Anna  my overlay  used ") }, "\(listed)")
        #expect(listed.filter { $0.contains("never used") }.count == 1)
        let json = try await program.run("token", "list", "--json").standardOutput
        #expect(json.contains(#""label":"my overlay""#) && json.contains(#""user_name":"Anna""#))
    }
}
