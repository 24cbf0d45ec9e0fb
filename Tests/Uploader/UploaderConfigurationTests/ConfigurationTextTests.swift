import Testing

@testable import UploaderConfiguration

/// Mistakes of a file's form: none hides the mistakes of its content.
@Suite struct ConfigurationTextTests {
    private static let anna =
        "straps:\n  - name: anna\n    destinations:\n      - service: pulsoid\n        token_file: a\n"

    private func mistakes(in yaml: String) -> [String] {
        do {
            _ = try ConfigurationFile.parse(yaml, path: "f.yaml", home: "/home/anna")
            return []
        } catch {
            return error.sentences
        }
    }

    /// Both places of the key are examined, and the entries below them, on any level.
    @Test func keysThatAreHereTwice_hideNoMistakeBelowThem() {
        let yaml = """
            straps:
              - name: anna
                adress: 12:34
                destinations:
                  - service: pulsoids
                    token_file: a
                destinations:
                  - service: cardiogram
                    token_fil: a
            log: {level: info, level: loud}
            straps:
              - name: ben
                mode: conect
                name: anna
                destinations:
                  - {service: pulsoid, token_file: a}
            outputs:
              - kind: file
                strap: anna
                path: /tmp/a
            straps:
              - destinations: 5
            """
        #expect(
            mistakes(in: yaml) == [
                "f.yaml:3: unknown key `adress`. Did you mean `address`?",
                "f.yaml:3: `12:34` is not a Bluetooth address like C4:11:22:33:44:55",
                "f.yaml:5: `service`: `pulsoids` is not one of: pulsoid, cardiogram, http, influxdb",
                "f.yaml:7: `destinations` is here a second time, after line 4: put both together",
                "f.yaml:8: Cardiogram needs the `user_id`",
                "f.yaml:9: unknown key `token_fil`. Did you mean `token_file`?",
                "f.yaml:10: `level` is here a second time, after line 10: put both together",
                "f.yaml:10: `level`: `loud` is not one of: debug, info, warning, error",
                "f.yaml:11: `straps` is here a second time, after line 1: put both together",
                "f.yaml:13: `mode`: `conect` is not one of: connect, broadcast",
                "f.yaml:14: `name` is here a second time, after line 12: put both together",
                "f.yaml:14: another strap is named `anna` already",
                "f.yaml:21: `straps` is here a second time, after line 1: put both together",
                "f.yaml:22: item 3 of `straps` needs a `name`",
                "f.yaml:22: `destinations` must be a list",
            ])
    }

    @Test(arguments: ["\u{200B}", "\u{FEFF}", "\u{AD}", "\u{200E}"])
    func characterThatCannotBeSeen_isNamed(sign: String) {
        let code = String(sign.unicodeScalars.first?.value ?? 0, radix: 16, uppercase: true)
        let seen = "has a character that cannot be seen (U+\(code)): delete the line, and type it again"
        for (text, with, line) in [
            ("name:", "\(sign)name:", 2), ("name: ", "name:\(sign) ", 2), ("pulsoid", "pulsoid\(sign) ", 4),
        ] {
            #expect(mistakes(in: Self.anna.replacing(text, with: with)) == ["f.yaml:\(line): \(seen)"])
        }
    }

    /// Emoji with a joiner, a flag made of tags, and an Arabic number sign.
    @Test(arguments: ["👩‍🦰", "🏴\u{E0067}\u{E0062}\u{E007F}", "می\u{200C}خ", "a\u{200B}b"])
    func nameThatNeedsSuchCharacters_isTaken(name: String) throws {
        let yaml = Self.anna.replacing("anna", with: name) + "# \u{200B}notes\n"
        #expect(try ConfigurationFile.parse(yaml, path: "f.yaml").straps.first?.name == name)
    }

    @Test func dashesOfWordProcessors_andEqualsSigns_areNamed() {
        let dashed = Self.anna.replacing("  - name", with: "  – name") + "logg: {level: info}\n"
        #expect(
            mistakes(in: dashed) == [
                "f.yaml:2: begins its item with `–`: type a plain `-`",
                "f.yaml:6: unknown key `logg`. Did you mean `log`?",
            ])
        #expect(
            mistakes(in: Self.anna.replacing("service: ", with: "service = "))
                == ["f.yaml:4: has a `=` behind its key: write `: `"])
    }

    @Test(arguments: [
        ("straps:\n  - mac: C4:11:22:33:44:55", "address"),
        ("straps:\n  - destinations:\n      - url: http://hub", "address"),
        ("straps:\n  - destinations:\n      - type: pulsoid", "service"),
        ("straps:\n  - destinations:\n      - template: x", "body"), ("outputs:\n  - output: file", "kind"),
        ("outputs:\n  - service: mqtt", "kind"), ("outputs:\n  - file: /tmp/a", "path"),
        ("outputs:\n  - broker: mqtt://box", "address"), ("sessions:\n  - kind: folder", "service"),
        ("sessions:\n  - folder: /tmp", "path"),
    ])
    func wordOfAnotherProgram_isAnsweredWithTheKey(yaml: String, key: String) {
        #expect(mistakes(in: yaml).contains { $0.hasSuffix("Did you mean `\(key)`?") }, "\(mistakes(in: yaml))")
    }
}
