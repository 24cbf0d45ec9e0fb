import StrapFixtures
import Testing

@testable import UploaderConfiguration

@Suite struct ConfigurationExtensionTests {
    private static let entry = """
          - name: "arm"
            address: "C4:11:22:33:44:55"
            destinations:
              - service: pulsoid
                token_file: "/etc/strapline/pulsoid-arm.token"
        """

    private static let chest = """
        straps:
          - name: chest  # mine
            destinations:
              - service: pulsoid
                token_file: t
        """

    private func adding(to text: String, name: String = "arm") throws -> String {
        let entry = try #require(
            StrapEntry(try Device.named("Arm"), name: name, taken: [], tokenFile: nil, folder: "/etc/strapline"))
        return try ConfigurationExtension.adding(entry, to: text, path: "f.yaml")
    }

    @Test func adding_toNothing_beginsTheFile() throws {
        #expect(try adding(to: "") == "straps:\n" + Self.entry + "\n")
    }

    @Test func adding_toComments_keepsThem() throws {
        #expect(try adding(to: "# one\n\n# two\n") == "straps:\n" + Self.entry + "\n# one\n\n# two\n")
    }

    @Test(arguments: ["", "\n", "\n\n"])
    func adding_toTheLastSection_standsBelowIt(end: String) throws {
        let result = try adding(to: Self.chest + end)
        #expect(result.hasPrefix(Self.chest + "\n" + Self.entry + "\n"))
    }

    @Test func adding_beforeAnotherSection_leavesItsCommentWithIt() throws {
        let rest = "\n# Where it is kept.\noutbox:\n  path: /tmp/o\n"
        let result = try adding(to: Self.chest + "\n    # still the chest's\n" + rest)
        #expect(result == Self.chest + "\n    # still the chest's\n" + Self.entry + "\n" + rest)
    }

    /// Notepad and other editors of Windows write such files.
    @Test(arguments: ["", "\n", "\n# Where it is kept.\noutbox:\n  path: /tmp/o\n"])
    func adding_toAFileOfWindows_keepsItsLineEnds(rest: String) throws {
        func windows(_ text: String) -> String { text.replacing("\n", with: "\r\n") }
        let added = try adding(to: Self.chest + rest)
        #expect(try adding(to: windows(Self.chest + rest)) == windows(added))
    }

    @Test func adding_toAListThatIsNotIndented_followsIt() throws {
        let text =
            "straps:\n- name: chest\n  destinations:\n  - {service: pulsoid, token_file: t}\nlog: {level: info}\n"
        let result = try adding(to: text)
        #expect(result.contains("\n- name: \"arm\"\n  address:") && result.hasSuffix("log: {level: info}\n"))
    }

    @Test func adding_whenOnlyOtherSectionsAreThere_addsTheListToo() throws {
        let result = try adding(to: "log:\n  level: info\n")
        #expect(result == "log:\n  level: info\nstraps:\n" + Self.entry + "\n")
    }

    @Test func adding_whenTheListIsEmpty_fillsIt() throws {
        #expect(try adding(to: "straps:\nlog:\n  level: info\n").hasPrefix("straps:\n" + Self.entry))
    }

    @Test func adding_withALiteralBlockAtTheEnd_keepsItsText() throws {
        let text = Self.chest + "\n        name: |-\n          a\n          # no comment\n"
        let result = try adding(to: text)
        #expect(result.hasPrefix(text) && result.contains("name: \"arm\""))
    }

    @Test(arguments: [
        "straps: [{name: a, destinations: [{service: pulsoid, token_file: t}]}]\n",
        "{straps: [{name: a, destinations: [{service: pulsoid, token_file: t}]}]}\n",
        "straps: &s\n  [{name: a, destinations: [{service: pulsoid, token_file: t}]}]\n",
        "straps: []\n", chest + "\n...\n",
    ])
    func adding_toWhatCannotBeExtendedSafely_isRefusedWithTheLines(text: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try adding(to: text) }
        #expect(error?.message.contains("by hand") == true, "\(String(describing: error))")
    }

    @Test func adding_aNameThatIsTaken_isRefusedByTheReader() throws {
        let error = #expect(throws: ConfigurationError.self) { try adding(to: Self.chest, name: "chest") }
        #expect(error?.message == "another strap is named `chest` already")
    }

    @Test(arguments: ["a\"b", "back\\slash", "x: y # z", "null", "\u{1B}[2J", "straps:\n  - name: a"])
    func adding_aStrangeName_writesJustThat(name: String) throws {
        let configuration = try ConfigurationFile.parse(try adding(to: Self.chest, name: name), path: "f.yaml")
        #expect(configuration.straps.map(\.name) == ["chest", name])
    }

    @Test func entry_withoutAName_makesOneThatIsFree() throws {
        let device = try Device.named("Polar H10 A1B2")
        let entry = try #require(
            StrapEntry(device, name: nil, taken: ["polar-h10-a1b2"], tokenFile: nil, folder: "/f"))
        #expect(entry.name == "polar-h10-a1b2-2")
        #expect(entry.tokenFile == "/f/pulsoid-polar-h10-a1b2-2.token")
        let nameless = try #require(
            StrapEntry(try Device.named("♥"), name: nil, taken: [], tokenFile: "/g/../t", folder: "/f"))
        #expect(nameless.name == "strap" && nameless.tokenFile == "/t")
    }
}
