import FoundationEssentials
import Glibc
import TestKit
import Testing

@testable import UploaderConfiguration

/// All mistakes of a file at once, each with its line and in words that a user understands.
@Suite struct ConfigurationMistakesTests {
    private func mistakes(in yaml: String, path: String = "f.yaml") -> [String] {
        do {
            _ = try ConfigurationFile.parse(yaml, path: path, home: "/home/anna")
            return []
        } catch {
            return error.sentences
        }
    }

    @Test func file_withManyMistakes_isAnsweredWithAllOfThem() {
        let yaml = """
            straps:
              - name: anna
                adress: C4:11:22:33:44:55
                destinations:
                  - service: pulsoids
                    token_file: a
              - name: ben
                address: 12:34
                destinations:
                  - service: pulsoid
                    token_fil: b
                  - service: cardiogram
                    token_file: c
            outbox:
              retention_days: often
            clock:
              wait_seconds: -1
            logg:
              level: info
            """
        #expect(
            mistakes(in: yaml) == [
                "f.yaml:3: unknown key `adress`. Did you mean `address`?",
                "f.yaml:5: `service`: `pulsoids` is not one of: pulsoid, cardiogram, http, influxdb",
                "f.yaml:8: `12:34` is not a Bluetooth address like C4:11:22:33:44:55",
                "f.yaml:11: unknown key `token_fil`. Did you mean `token_file`?",
                "f.yaml:12: Cardiogram needs the `user_id`",
                "f.yaml:15: `retention_days` must be a number",
                "f.yaml:17: `wait_seconds` must not be below 0",
                "f.yaml:18: unknown key `logg`. Did you mean `log`?",
            ])
    }

    @Test func tabs_andKeysThatAreHereTwice_doNotHideOtherMistakes() {
        let yaml =
            "straps:\n\t- name: anna\n\t  destinations:\n\t\t- service: pulsoid\n\t\t  tokenfile: a\n"
            + "log:\n  level: info\nlog:\n  level: loud\n"
        #expect(
            mistakes(in: yaml) == [
                "f.yaml:2: starts with a tab: YAML wants spaces, two for a level",
                "f.yaml:3: starts with a tab: YAML wants spaces, two for a level",
                "f.yaml:4: starts with a tab: YAML wants spaces, two for a level",
                "f.yaml:5: starts with a tab: YAML wants spaces, two for a level",
                "f.yaml:5: unknown key `tokenfile`. Did you mean `token_file`?",
                "f.yaml:8: `log` is here a second time, after line 6: put both together",
            ])
    }

    @Test(arguments: ["straps", "name", "service", "token_file"]) func keyThatIsHereTwice_isNamedWithBothLines(
        key: String
    ) {
        let once = "straps:\n  - name: anna\n    destinations:\n      - service: pulsoid\n        token_file: a\n"
        let line = once.split(separator: "\n").first { $0.contains(key + ":") } ?? ""
        let margin = line.prefix { $0 == " " || $0 == "-" }.map { _ in " " }.joined()
        let twice = once + (key == "straps" ? "straps: []\n" : "")
        let text = key == "straps" ? twice : once.replacing(line, with: "\(line)\n\(margin)\(key): x")
        let found = mistakes(in: text).filter { $0.contains("`\(key)` is here a second time") }
        #expect(found.count == 1, "\(text)\n\(mistakes(in: text))")
    }

    @Test(arguments: ["token", "Token", "access_token", "api_key", "password"])
    func tokenInTheFile_isAnsweredWithTheKeyForItsFile(key: String) {
        let yaml = "straps:\n  - name: anna\n    destinations:\n      - service: pulsoid\n        \(key): sesame\n"
        let found = mistakes(in: yaml)
        #expect(found.count == 1 && found[0].hasPrefix("f.yaml:5: tokens don't go in this file"), "\(found)")
        #expect(found[0].contains("`token_file`") && !found[0].contains("sesame"))
    }

    @Test func tokenInPlaceOfItsFile_isNoticed_andNotShown() {
        let token = "8c4da3ce-7ed7-4a19-a1f1-058498661e45"
        let found = mistakes(in: Self.withToken(token))
        #expect(found.count == 1 && found[0].contains("looks like a token") && !found[0].contains(token), "\(found)")
    }

    @Test func home_isTheUsers_andExplainedWhereItCannotBe() throws {
        let own = try ConfigurationFile.parse(Self.withToken("~/a.token"), path: "f.yaml", home: "/home/anna")
        #expect(own.straps[0].destinations[0].tokenFile == "/home/anna/a.token")
        let service = mistakes(in: Self.withToken("~/a.token"), path: "/etc/strapline/strapline.yaml")
        #expect(service.count == 1 && service[0].contains("the service runs as another user"), "\(service)")
        #expect(mistakes(in: Self.withToken("~ben/a.token")).first?.contains("Write the whole path") == true)
        #expect(mistakes(in: Self.withToken("$HOME/a.token")).first?.contains("variables are not replaced") == true)
    }

    @Test(arguments: ["Pulsoid", "PULSOID", "\"Pulsoid\""]) func choice_withCapitalLetters_isTheSame(
        word: String
    ) throws {
        let yaml = Self.withToken("a").replacing("pulsoid", with: word)
        #expect(try ConfigurationFile.parse(yaml, path: "f.yaml").straps[0].destinations[0].service == .pulsoid)
    }

    @Test(arguments: [
        ("straps:\n  - name: a\n   address: x\n", "f.yaml:3: is indented unlike"),
        ("straps:\n  - name: a\n     address: x\n", "f.yaml:3: has a `:` where none can be"),
        ("straps:\n  - name: \"a\n    destinations: []\n", "f.yaml:2: opens a quote that nothing closes"),
        ("straps: [a, b\nlog: {}\n", "f.yaml:1: opens a bracket that nothing closes"),
        ("straps:\n  - name: @anna\n", "f.yaml:2: has a value that starts with `@`: put it in quotes"),
        ("straps:\n  - name: *anna\n", "f.yaml:2: has a value that starts with `*`"),
        ("straps:\n  - name: a: b\n", "f.yaml:2: has a `:` where none can be"),
        ("straps\n  - name: a\nlog: {}\n", "f.yaml:1: has no `:` behind its key"),
        ("straps:\n- name:anna\n  destinations: []\n", "f.yaml:2: has no space behind the `:`"),
        ("straps:\n  - name: \"C:\\dir\"\n", "f.yaml:2: has a backslash in double quotes"),
        ("s\0t\0r\0a\0p\0s\0:\0", "f.yaml:1: has zero bytes"),
    ])
    func wrongYAML_isExplainedWithoutTheWordsOfItsParser(yaml: String, words: String) {
        let found = mistakes(in: yaml)
        #expect(found.count == 1 && found[0].hasPrefix(words), "\(found)")
        let text = found.joined()
        for word in ["token", "indicator", "scanner", "mapping", "block", "did not find"] {
            #expect(!text.contains(word), "\(text)")
        }
    }

    @Test func oneTokenForTwoStraps_isWarnedOf() throws {
        let folder = TemporaryDirectory()
        for (name, token) in [("a", "sesame-1"), ("b", "Bearer sesame-1\n"), ("c", "sesame-2")] {
            try Data(token.utf8).write(to: URL(filePath: folder.file(name)))
            chmod(folder.file(name), 0o600)
        }
        let straps = [("anna", "a"), ("ben", "b"), ("carl", "c")].map { name, file in
            "  - name: \(name)\n    device_name: \(name)\n    destinations:\n      - service: pulsoid\n"
                + "        token_file: \(folder.file(file))\n"
        }
        let yaml = "straps:\n" + straps.joined()
        let description = PlanDescription(try UploadPlan(try ConfigurationFile.parse(yaml, path: "f.yaml")))
        let found = description.warnings.filter { $0.contains("appear as one person") }
        #expect(found.count == 1 && found[0].hasPrefix("anna and ben have the same token"), "\(description.warnings)")
        #expect(!found.joined().contains("sesame") && !found.joined().contains("carl"))
    }

    private static func withToken(_ file: String) -> String {
        "straps:\n  - name: anna\n    destinations:\n      - service: pulsoid\n        token_file: \"\(file)\"\n"
    }
}
