import Destinations
import SessionUploads
import Testing
import Tokens

@testable import UploaderConfiguration

@Suite struct SessionConfigurationTests {
    private func text(_ lines: [String], straps: [String] = ["anna"]) -> String {
        let straps = straps.map { "  - { name: \($0), destinations: [{ service: pulsoid, token_file: /t }] }\n" }
        return "straps:\n" + straps.joined() + "sessions:\n" + lines.map { $0 + "\n" }.joined()
    }

    private func plan(_ lines: [String], straps: [String] = ["anna"]) throws -> UploadPlan {
        try UploadPlan(ConfigurationFile.parse(text(lines, straps: straps), path: "f.yaml", home: "/home/anna"))
    }

    @Test func plan_hasEveryPlace_withItsDefaults() throws {
        let plan = try plan([
            "  - { service: intervals.icu, token_file: ~/key }", "  - { service: Runalyze, token_environment: KEY }",
            "  - { service: folder, path: ~/sessions, format: tcx, strap: anna }",
            "  - { service: webdav, address: 'https://cloud.example.net/dav/', user: a, password_file: /p, name: nas }",
        ])
        #expect(plan.sessions.map(\.name) == ["intervals.icu", "runalyze", "folder", "nas"])
        #expect(plan.sessions[0].settings.address.map { "\($0)" } == "https://intervals.icu")
        #expect(plan.sessions[0].settings.token == .file(path: "/home/anna/key"))
        #expect(plan.sessions[2].settings.strap == "anna")
        #expect(plan.sessions[2].settings.options.text("path") == "/home/anna/sessions")
        #expect(plan.sessionWarnings.isEmpty)
    }

    @Test(
        arguments: [
            (["  - service: strava"], "`strava` is not one of: intervals.icu, runalyze, folder, webdav"),
            (["  - service: runalyze"], "`runalyze` needs one of token_file, token_environment, token_credential"),
            (["  - service: folder"], "Folder needs the `path`"),
            (["  - { service: folder, path: here }"], "`path` must be a whole path"),
            (["  - { service: folder, path: /a, token_file: /t }"], "Folder takes no token"),
            (["  - { service: folder, path: /a, address: 'https://a' }"], "Folder has no address"),
            (["  - { service: folder, path: /a, format: gpx }"], "`format`: `gpx` is not one of: fit, tcx, rr"),
            (["  - { service: folder, path: /a, user: b }"], "`user` is not an option of Folder"),
            (["  - { service: webdav }"], "`webdav` needs an `address`"),
            (["  - { service: webdav, address: 'https://a', user: b }"], "give both `user` and `password_file`"),
            (["  - { service: folder, path: /a, strap: ben }"], "no strap is named `ben`; there are `anna`"),
            (["  - { service: folder, path: /a }", "  - { service: folder, path: /b }"], "is named `folder` already"),
            (["  - { service: folder, path: /a, retries: 3 }"], "retries"),
        ] as [([String], String)])
    func mistake_isReported_withItsLine(lines: [String], message: String) {
        let error = #expect(throws: ConfigurationError.self) { try plan(lines) }
        #expect(
            error.map { "\($0)".contains(message) && "\($0)".contains("f.yaml:") } == true,
            "\(error.map { "\($0)" } ?? "")")
    }

    @Test func sessionsOfSeveralStraps_toOneAccount_areWarnedOf() throws {
        let lines = [
            "  - { service: runalyze, token_file: /t }", "  - { service: intervals.icu, token_file: /t, strap: anna }",
            "  - { service: folder, path: /a }",
        ]
        let warnings = try plan(lines, straps: ["anna", "ben"]).sessionWarnings
        #expect(warnings.count == 1 && warnings[0].contains("sessions to runalyze: sessions of all straps"))
    }

    @Test func address_withoutEncryption_isWarnedOf() throws {
        let plan = try plan(["  - { service: webdav, address: 'http://cloud.example.net/dav' }"])
        #expect(plan.sessionWarnings.first?.contains("is not encrypted") == true)
    }

    @Test func description_namesEveryPlace_andItsProblems() throws {
        let description = PlanDescription(
            try plan(["  - { service: runalyze, token_file: /none/key }", "  - { service: folder, path: /none/here }"]))
        #expect(
            description.lines.contains(
                "sessions to runalyze: https://runalyze.com, FIT files, with the token file /none/key, of all straps"),
            "\(description.lines)")
        #expect(description.problems.contains { $0.hasPrefix("sessions to runalyze: The token file /none/key") })
        #expect(description.problems.contains { $0.contains("The folder /none/here cannot be used") })
    }
}
