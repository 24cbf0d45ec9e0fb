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

    /// A mistake in a section hides no other one, whatever its step.
    @Test func sections_withSeveralMistakesEach_areAnsweredWithAllOfThem() {
        let http =
            "begins with neither https:// nor http://. Write it like https://dev.pulsoid.net or "
            + "http://192.168.1.7:8080."
        #expect(
            mistakes(in: Self.mistakeOnEachLine) == [
                "f.yaml:3: unknown key `adress`. Did you mean `address`?",
                "f.yaml:3: `12:34` is not a Bluetooth address like C4:11:22:33:44:55",
                "f.yaml:5: `service`: `pulsiod` is not one of: pulsoid, cardiogram, http, influxdb",
                "f.yaml:7: `order`: `newest` is not one of: in-order, newest-first",
                "f.yaml:8: `max_age_seconds` must be a whole number",
                "f.yaml:9: The address \"htp://x\" \(http)",
                "f.yaml:10: another strap is named `anna` already",
                "f.yaml:11: `12:35` is not a Bluetooth address like C4:11:22:33:44:55",
                "f.yaml:12: `mode`: `conect` is not one of: connect, broadcast",
                "f.yaml:13: `renew_bond` must be true or false",
                "f.yaml:14: `destinations` must be a list",
                "f.yaml:15: item 3 of `straps` needs a `name`",
                "f.yaml:15: `mode`: `brodcast` is not one of: connect, broadcast",
                "f.yaml:18: tokens don't go in this file: put the token into a file of its own (mode 600) and name "
                    + "that file with `token_file`",
                "f.yaml:19: `batch_beats` must be from 1 to 10000",
                "f.yaml:20: `max_age_seconds` must be from 1 to 31536000 (a year); else each reading is sent",
                "f.yaml:21: `service`: `nonsense` is not one of: pulsoid, cardiogram, http, influxdb",
                "f.yaml:22: `order`: `newest` is not one of: in-order, newest-first",
                "f.yaml:24: `wait_seconds` must be a whole number",
                "f.yaml:25: `0.0.0.0:80` is not a loopback address with a port, like 127.0.0.1:9464. Metrics are for "
                    + "programs on this machine only; others read them through a proxy, with a `token_file`",
                "f.yaml:26: `durability`: `none` is not one of: power-loss, process-crash",
                "f.yaml:26: `retention_days` must be above 0 and at most 36500",
                "f.yaml:28: unknown key `adress`. Did you mean `address`?",
                "f.yaml:28: The address \"ftp://x\" \(http)",
                "f.yaml:29: The address \"ftp://y\" \(http)",
            ])
    }

    @Test func outputsAndSessions_withSeveralMistakesEach_areAnsweredWithAllOfThem() {
        let yaml =
            Self.withToken("a") + """
                outputs:
                  - kind: mqt
                    strap: ben
                    address: "mqtt://box"
                    expire_seconds: 1
                  - kind: osc
                    find: steam
                    strap: ben
                sessions:
                  - service: intervals
                    strap: ben
                    token_file: a
                    token_environment: B
                """
        let found = mistakes(in: yaml)
        let lines = found.compactMap { $0.split(separator: ":").dropFirst().first.flatMap { Int($0) } }
        #expect(lines == [7, 8, 10, 12, 13, 15, 15, 16], "\(found.joined(separator: "\n"))")
        #expect(found.filter { $0.contains("no strap is named `ben`; there are `anna`") }.count == 3, "\(found)")
    }

    @Test func lackThatAnotherMistakeExplains_isNotReported() {
        let yaml = """
            straps:
              - name: anna
                destinations:
                  - service: http
                    url: https://example.net/
                    body: '{"bpm": {heart_rate}}'
              - destinations: []
            outputs:
              - kind: file
                strap: ben
            """
        let found = mistakes(in: yaml)
        #expect(found.count == 2 && found[0].hasPrefix("f.yaml:5: unknown key `url`"), "\(found)")
        #expect(found.last == "f.yaml:7: item 2 of `straps` needs a `name`", "\(found)")
    }

    @Test func fileOfAnotherEncoding_isAnsweredWithItsLine() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("f.yaml")
        let latin = Array("straps:\n  - name: J".utf8) + [0xF6] + Array("rg\n    destinations: []\n".utf8)
        try Data(latin).write(to: URL(filePath: path))
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.read(path) }
        #expect(error?.description == "\(path):2: has letters that are not UTF-8: save it as UTF-8")
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
                "f.yaml:9: `level`: `loud` is not one of: debug, info, warning, error",
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

    @Test func keysWithCapitals_areNamed_andWhatIsBelowThemIsExamined() {
        let yaml = """
            Straps:
              - Name: anna
                Address: 12:34
                Destinations:
                  - Service: pulsoids
                    tokenFile: a
            """
        #expect(
            mistakes(in: yaml) == [
                "f.yaml:1: unknown key `Straps`. Did you mean `straps`?",
                "f.yaml:2: unknown key `Name`. Did you mean `name`?",
                "f.yaml:3: unknown key `Address`. Did you mean `address`?",
                "f.yaml:3: `12:34` is not a Bluetooth address like C4:11:22:33:44:55",
                "f.yaml:4: unknown key `Destinations`. Did you mean `destinations`?",
                "f.yaml:5: unknown key `Service`. Did you mean `service`?",
                "f.yaml:5: `service`: `pulsoids` is not one of: pulsoid, cardiogram, http, influxdb",
                "f.yaml:6: unknown key `tokenFile`. Did you mean `token_file`?",
            ])
    }

    @Test(arguments: ["straps:\n  - name: anna\n    token: sesame\n    destinations: []\n", "token: sesame\n"])
    func tokenAtAnotherPlace_isAnsweredWithItsPlace(yaml: String) {
        let found = mistakes(in: yaml).filter { $0.contains("tokens don't go in this file") }
        #expect(found.count == 1 && found[0].contains("`token_file` below `destinations`"), "\(mistakes(in: yaml))")
        #expect(!mistakes(in: yaml).joined().contains("sesame"))
    }

    @Test(arguments: [
        ("token_file", "`destinations`"), ("order", "`destinations`"), ("retention_days", "`outbox`"),
        ("wait_seconds", "`clock`"), ("device_name", "`straps`"),
    ])
    func keyOfAnotherSection_isAnsweredWithItsPlace(key: String, place: String) {
        let found = mistakes(in: "\(key): x\n")
        #expect(found[0].hasPrefix("f.yaml:1: unknown key `\(key)` here. It belongs below \(place)"), "\(found)")
    }

    @Test(arguments: [
        ("straps:\n  name: anna\n", "f.yaml:2: `straps` must be a list: begin each entry with `- `"),
        ("- name: anna\n", "f.yaml:1: begins with a list: write `straps:` above it"),
        ("straps:\n  - name:anna\n    destinations:[]\n", "f.yaml:2: item 1 of `straps` has no space behind the `:`"),
        ("straps:\n  - name = anna\n", "f.yaml:2: item 1 of `straps` has `=` behind `name`: write `name: `"),
        ("straps:\n  -name: anna\n    destinations: []\n", "f.yaml:2: has no space behind its `-`"),
        ("log: {}\n---\nlog: {}\n", "f.yaml:2: begins a second document: remove the line `---`"),
    ])
    func formsThatOtherFilesHave_areExplained(yaml: String, words: String) {
        let found = mistakes(in: yaml)
        #expect(found.first?.hasPrefix(words) == true, "\(found)")
    }

    @Test func serviceWithoutItsKey_isAnsweredWithTheKey() {
        let yaml = "straps:\n  - name: anna\n    destinations:\n      - Pulsoid\n"
        #expect(mistakes(in: yaml).first?.contains("write `- service: pulsoid`") == true, "\(mistakes(in: yaml))")
    }

    @Test func numberInQuotes_isAnsweredWithoutThem() {
        let yaml = Self.withToken("a") + "clock:\n  wait_seconds: \"60\"\n"
        #expect(mistakes(in: yaml) == ["f.yaml:7: `wait_seconds` must be a whole number, without quotes"])
    }

    @Test(arguments: [
        ("“anna”", ["f.yaml:2: has typographic quotes: type plain ones, or none"]),
        ("„anna“", ["f.yaml:2: has typographic quotes: type plain ones, or none"]),
        ("\u{A0}anna", ["f.yaml:2: has a no-break space: type plain spaces"]), ("Anna’s strap", []),
    ])
    func signsOfWordProcessors_areNamed(name: String, sentences: [String]) {
        #expect(mistakes(in: Self.withToken("a").replacing("name: anna", with: "name: \(name)")) == sentences)
    }

    @Test func textForPeople_mayHaveTypographicQuotes() {
        let yaml = Self.withToken("a") + "outputs:\n  - kind: file\n    text: „{bpm}“\n"
        #expect(mistakes(in: yaml) == [])
    }

    @Test func signsOfWordProcessors_doNotHideOtherMistakes() {
        let yaml = Self.withToken("a").replacing("  - name: anna", with: "\u{A0} - name: “anna”\n    adress: x")
        #expect(
            mistakes(in: yaml) == [
                "f.yaml:2: has a no-break space: type plain spaces",
                "f.yaml:2: has typographic quotes: type plain ones, or none",
                "f.yaml:3: unknown key `adress`. Did you mean `address`?",
                "f.yaml:3: `x` is not a Bluetooth address like C4:11:22:33:44:55",
            ])
    }

    @Test func pipe_isNoMatterOfRights() {
        let path = TemporaryDirectory()
        mkfifo(path.file("pipe"), 0o600)
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.read(path.file("pipe")) }
        #expect(error?.message.contains("a device or a pipe") == true, "\(String(describing: error))")
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

    @Test func oneUserForTwoStraps_isWarnedOf_whereverTheUserIsNamed() throws {
        func warnings(_ destination: String) throws -> [String] {
            let straps = ["anna", "ben"].map { name in
                "  - name: \(name)\n    device_name: \(name)\n    destinations:\n      - \(destination)\n"
            }
            let plan = try UploadPlan(try ConfigurationFile.parse("straps:\n" + straps.joined(), path: "f.yaml"))
            return PlanDescription(plan).warnings.filter { $0.contains("appear as one person") }
        }
        let ofUser = try warnings("{ service: cardiogram, user_id: 7, token_file: /none }")
        #expect(ofUser.count == 1 && ofUser[0].hasPrefix("anna and ben have the same user_id for "), "\(ofUser)")
        let ofPlace = try warnings("{ service: pulsoid, token_credential: token_x }")
        #expect(ofPlace.count == 1 && ofPlace[0].hasPrefix("anna and ben have the same token for "), "\(ofPlace)")
    }

    @Test(arguments: [(["anna", "ben"], 1), (["anna"], 0)])
    func strapsWithoutADevice_areWarnedOf(unnamed: [String], count: Int) throws {
        let straps = (unnamed.map { ($0, "") } + [("carl", "    device_name: c\n")]).map { name, device in
            "  - name: \(name)\n\(device)    destinations:\n"
                + "      - { service: pulsoid, token_file: /none/\(name) }\n"
        }
        let plan = try UploadPlan(try ConfigurationFile.parse("straps:\n" + straps.joined(), path: "f.yaml"))
        let found = PlanDescription(plan).warnings.filter { $0.contains("the first strap that they find") }
        #expect(found.count == count && found.allSatisfy { $0.hasPrefix("anna and ben each take") }, "\(found)")
    }

    private static let mistakeOnEachLine = """
        straps:
          - name: anna
            adress: 12:34
            destinations:
              - service: pulsiod
                token_file: a.token
                order: newest
                max_age_seconds: sixty
                address: htp://x
          - name: anna
            address: 12:35
            mode: conect
            renew_bond: perhaps
            destinations: pulsoid
          - mode: brodcast
            destinations:
              - service: cardiogram
                token: abc
                batch_beats: 0
                max_age_seconds: 0
              - service: nonsense
                order: newest
                body: x
        clock: { wait_seconds: soon }
        metrics: { address: "0.0.0.0:80" }
        outbox: { retention_days: -1, durability: none }
        services:
          pulsoid: { adress: "ftp://x" }
          http: { address: "ftp://y" }
        """

    private static func withToken(_ file: String) -> String {
        "straps:\n  - name: anna\n    destinations:\n      - service: pulsoid\n        token_file: \"\(file)\"\n"
    }
}
