import Testing
import UploaderConfiguration

@Suite struct StrapEditTests {
    private let text = """
        # our straps
        straps:
          - name: anna   # the coach
            address: C4:11:22:33:44:55
            destinations:
              - service: pulsoid
                token_file: anna.token
          # Ben comes on Mondays
          - name: "ben"
            destinations:
              - service: pulsoid
                token_file: ben.token
        log:
          level: info

        """

    @Test func rename_changesTheNameOnly() throws {
        let renamed = try StrapEdit.renaming("anna", to: "Anna \"K\"", in: text, path: "x.yaml")
        #expect(renamed == text.replacing("name: anna ", with: #"name: "Anna \"K\"" "#))
        let again = try StrapEdit.renaming("ben", to: "anna2", in: renamed, path: "x.yaml")
        #expect(try ConfigurationFile.parse(again, path: "x.yaml").straps.map(\.name) == [#"Anna "K""#, "anna2"])
    }

    @Test func remove_takesTheLinesOfTheStrapOnly() throws {
        let removed = try StrapEdit.removing("ben", from: text, path: "x.yaml")
        #expect(removed.contains("# our straps") && removed.contains("name: anna   # the coach"))
        #expect(!removed.contains("ben"))
        #expect(removed.contains("log:\n  level: info"))
        let first = try StrapEdit.removing("anna", from: text, path: "x.yaml")
        #expect(try ConfigurationFile.parse(first, path: "x.yaml").straps.map(\.name) == ["ben"])
    }

    private let named = """
        outputs:
          - kind: file
            strap: anna   # for OBS
          - { kind: webhook, strap: 'anna', address: "http://anna.example.net" }
          - { kind: osc, strap: ben }
        sessions:
          - service: folder
            path: /srv/anna
            strap: "anna"

        """

    @Test func rename_reachesTheOutputsAndTheSessions() throws {
        let renamed = try StrapEdit.renaming("anna", to: "Anna K", in: text + named, path: "x.yaml")
        #expect(
            renamed
                == (text + named).replacing("name: anna ", with: #"name: "Anna K" "#)
                .replacing("strap: anna ", with: #"strap: "Anna K" "#)
                .replacing("strap: 'anna'", with: #"strap: "Anna K""#)
                .replacing(#"strap: "anna""#, with: #"strap: "Anna K""#))
        let line = text + "outputs: [{ kind: file, strap: anna }, { kind: osc, strap: anna }]\n"
        let changed = try StrapEdit.renaming("anna", to: "Anna K", in: line, path: "x.yaml")
        #expect(changed.contains(#"[{ kind: file, strap: "Anna K" }, { kind: osc, strap: "Anna K" }]"#))
    }

    @Test func strapThatAnOutputNames_isNotRemoved_beforeTheOutput() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try StrapEdit.removing("ben", from: text + named, path: "x.yaml")
        }
        #expect(
            error?.sentences == [
                "x.yaml:19: an entry of `outputs` has `strap: ben`. Remove the entry first, or name another strap"
            ])
    }

    @Test func onlyStrap_cannotBeRemoved() throws {
        let one = try StrapEdit.removing("ben", from: text, path: "x.yaml")
        let error = #expect(throws: ConfigurationError.self) {
            try StrapEdit.removing("anna", from: one, path: "x.yaml")
        }
        #expect(error?.message.contains("only strap") == true)
    }

    @Test func unknownName_isAnsweredWithTheOnesThatAre() {
        let error = #expect(throws: ConfigurationError.self) {
            try StrapEdit.renaming("ana", to: "x", in: text, path: "x.yaml")
        }
        #expect(error?.message == "has no strap `ana`; it has: anna, ben. Did you mean `anna`?")
    }

    @Test func nameThatAnotherStrapHas_isRefused() {
        #expect(throws: ConfigurationError.self) { try StrapEdit.renaming("anna", to: "ben", in: text, path: "x.yaml") }
    }

    @Test func fileInAnotherForm_isRefused_notBroken() throws {
        let json = """
            {"straps": [{"name": "anna", "destinations": [{"service": "pulsoid", "token_file": "a"}]},
              {"name": "ben", "destinations": [{"service": "pulsoid", "token_file": "b"}]}]}
            """
        let error = #expect(throws: ConfigurationError.self) {
            try StrapEdit.removing("ben", from: json, path: "x.yaml")
        }
        #expect(error?.message.contains("by hand") == true)
        let renamed = try StrapEdit.renaming("ben", to: "bo", in: json, path: "x.yaml")
        #expect(try ConfigurationFile.parse(renamed, path: "x.yaml").straps.map(\.name) == ["anna", "bo"])
    }

    @Test func fileOfWindows_isEdited_andKeepsItsLineEnds() throws {
        func windows(_ text: String) -> String { text.replacing("\n", with: "\r\n") }
        let text = text + named
        let renamed = try StrapEdit.renaming("anna", to: "zoe", in: text, path: "x.yaml")
        #expect(try StrapEdit.renaming("anna", to: "zoe", in: windows(text), path: "x.yaml") == windows(renamed))
        let removed = try StrapEdit.removing("ben", from: self.text, path: "x.yaml")
        #expect(try StrapEdit.removing("ben", from: windows(self.text), path: "x.yaml") == windows(removed))
    }
}
