import BlueZ
import Destinations
import FoundationEssentials
import Outputs
import TestKit
import Testing

@testable import UploaderConfiguration

/// `outputs:` in a configuration.
@Suite struct OutputConfigurationTests {
    private let folder = TemporaryDirectory()

    /// The first of the lines is line 12.
    private func configuration(_ lines: [String], straps: [String] = ["anna", "ben"]) throws -> Configuration {
        var text = ["straps:"]
        for strap in straps {
            text += ["  - name: \(strap)", "    device_name: \(strap)", "    destinations:"]
            text += ["      - { service: pulsoid, token_file: /t }"]
        }
        text += Array(repeating: "", count: 10 - text.count) + ["outputs:"] + lines
        return try ConfigurationFile.parse(text.joined(separator: "\n") + "\n", path: "f.yaml", home: "/home/anna")
    }

    private func plan(_ lines: [String], straps: [String] = ["anna", "ben"]) throws -> UploadPlan {
        try UploadPlan(configuration(lines, straps: straps))
    }

    @Test func plan_withoutOutputs_hasNone() throws {
        let text = "straps: [{ name: a, destinations: [{ service: pulsoid, token_file: /t }] }]\n"
        #expect(try UploadPlan(ConfigurationFile.parse(text, path: "f.yaml")).outputs.isEmpty)
    }

    @Test func plan_ofOutputs_hasTheirNamesStrapsAndOptions() throws {
        let outputs = try plan([
            "  - kind: file", "  - { kind: Webhook, name: node-red, strap: ben, address: 'http://127.0.0.1:1880/hr' }",
            "  - { kind: file, name: all, strap: all, path: '~/hr-{strap}.txt', text: '{bpm} bpm' }",
        ]).outputs
        #expect(outputs.map(\.name) == ["file", "node-red", "all"])
        #expect(outputs.map(\.settings.strap) == [nil, "ben", nil])
        #expect(outputs[1].settings.options.text("address") == "http://127.0.0.1:1880/hr")
        #expect(outputs[2].settings.options.text("path") == "/home/anna/hr-{strap}.txt")
    }

    @Test func plan_withAStrapNamedAll_meansThatStrap() throws {
        let outputs = try plan(["  - { kind: file, strap: all }"], straps: ["all", "ben"]).outputs
        #expect(outputs[0].settings.strap == "all")
    }

    @Test(
        arguments: [
            (["  - kind: pager"], "f.yaml:12: `kind`: `pager` is not one of: file, "),
            (["  - name: obs"], "f.yaml:12: item 1 of `outputs` needs a `kind`"),
            (["  - { kind: file, strap: carl }"], "f.yaml:12: no strap is named `carl`; there are `anna`, `ben`"),
            (["  - { kind: file, name: '' }"], "f.yaml:12: an output's `name` is empty"),
            (
                ["  - kind: file", "  - kind: file"],
                "f.yaml:13: another output is named `file` already: give one another `name`"
            ),
            (["  - { kind: file, address: 'http://a' }"], "f.yaml:12: `address` is not an option of Text file"),
            (["  - { kind: file, paht: /run/x }"], "f.yaml:12: unknown key `paht`. Did you mean `path`?"),
            (["  - kind: file", "    path: /run/hr.txt"], "f.yaml:13: `path` names one file for several straps"),
            (["  - kind: file", "    text: '{pulse}'"], "f.yaml:13: `text` has the unknown placeholder {pulse}"),
            (["  - kind: webhook"], "f.yaml:12: Webhook needs the `address`"),
            (["  - { kind: webhook, address: a }"], "f.yaml:12: The address \"a\" begins with neither"),
            (["  - { kind: webhook, address: 'http://a', interval_seconds: x }"], "must be a whole number"),
            (["  - { kind: file, path: $HOME/hr.txt }"], "variables are not replaced"),
            (["  kind: file"], "f.yaml:12: `outputs` must be a list"),
        ] as [([String], String)])
    func parse_withAMistake_namesItsLine(lines: [String], message: String) {
        let error = #expect(throws: ConfigurationError.self) { try configuration(lines) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func parse_ofManyMistakes_findsThemAll() {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration([
                "  - { kind: webhook, strap: carl, address: a, path: /x }", "  - kind: nothing",
                "  - { kind: file, text: '{x}' }",
            ])
        }
        #expect(error?.mistakes.count == 5, "\(error?.description ?? "")")
    }

    @Test func parse_withAMistakeInAStrap_doesNotMissItInTheOutputs() {
        let text = """
            straps:
              - { name: anna, destinations: 7 }
              - { name: ben, destinations: [{ service: pulsoid, token_file: /t }] }
            outputs:
              - { kind: file, strap: anna }
            """
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.parse(text, path: "f.yaml") }
        #expect(error?.mistakes.count == 1, "\(error?.description ?? "")")
    }

    /// Home Assistant, a text file or FIT files alone need no account anywhere.
    @Test(arguments: [
        "outputs: [{ kind: file }]", "outputs: [{ kind: mqtt, address: 'mqtt://h', strap: anna }]",
        "sessions: [{ service: folder, path: /srv, strap: anna }]", "metrics: { address: '127.0.0.1:9464' }",
    ])
    func strapWithoutADestination_isOfUseToOthers(_ section: String) throws {
        for destinations in ["", ", destinations: []"] {
            let text = "straps: [{ name: anna\(destinations) }]\n\(section)\n"
            let plan = try UploadPlan(try ConfigurationFile.parse(text, path: "f.yaml"))
            #expect(plan.targets.isEmpty && plan.straps.count == 1)
            #expect(PlanDescription(plan).lines[1] == "  to no destination: its readings stay in the outbox")
        }
    }

    @Test(arguments: [
        "", "outputs: [{ kind: file, strap: ben }]", "sessions: [{ service: folder, path: /srv, strap: ben }]",
    ])
    func strapWithoutADestination_thatNothingTakes_isAMistake(_ section: String) {
        let text = """
            straps:
              - { name: ben, destinations: [{ service: pulsoid, token_file: /t }] }
              - { name: anna }
            \(section)
            """
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.parse(text, path: "f.yaml") }
        #expect(
            error?.sentences == [
                "f.yaml:3: `anna` has no destination: its readings would go nowhere. Add `destinations`, or below "
                    + "`outputs` or `sessions` an entry that takes this strap"
            ])
    }

    @Test func description_explainsEachOutput_andItsProblems() throws {
        let description = PlanDescription(
            try plan([
                "  - { kind: file, path: '\(folder.file("{strap}.txt"))' }",
                "  - kind: webhook", "    address: http://example.net/hr", "    token_file: /none", "    strap: ben",
            ]))
        #expect(description.lines.contains("output file: the text file \(folder.file("{strap}.txt")), of all straps"))
        #expect(
            description.lines.contains(
                "output webhook: calls of http://example.net/hr, with the token file /none, of strap ben"))
        #expect(description.problems.contains { $0.hasPrefix("output webhook: The token file /none") })
        #expect(
            description.warnings.contains { $0.hasPrefix("output webhook: http://example.net/hr is not encrypted") })
    }

    @Test func adding_anOutput_keepsTheFile() throws {
        let text =
            "straps:\n  - name: anna\n    destinations: [{ service: pulsoid, token_file: /t }]\n\n# The log.\nlog: {}\n"
        let kind = try #require(OutputSection.Kind(rawValue: "file"))
        let first = OutputEntry(kind: kind, strap: "anna", options: [("path", .text("/run/a.txt"))])
        let once = try ConfigurationExtension.adding(first, to: text, path: "f.yaml")
        #expect(
            once == text + "outputs:\n  - kind: file\n    strap: \"anna\"\n    path: \"/run/a.txt\"\n")
        let second = OutputEntry(kind: kind, name: "obs")
        let twice = try ConfigurationExtension.adding(second, to: once, path: "f.yaml")
        #expect(twice == once + "  - kind: file\n    name: \"obs\"\n")
    }
}
