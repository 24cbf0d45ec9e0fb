import ArgumentParser
import Console
import Destinations
import FoundationEssentials
import SessionUploads
import StrapFixtures
import TestKit
import Testing
import Tokens
import UploaderConfiguration

@testable import Setup

@Suite struct SetupSessionsTests {
    private let folder = TemporaryDirectory()

    private var path: String { folder.file("strapline.yaml") }

    private func straps(_ names: String...) throws {
        let lines = names.map { "  - { name: \($0), destinations: [{ service: pulsoid, token_file: /t }] }\n" }
        try Data(("straps:\n" + lines.joined()).utf8).write(to: URL(filePath: path))
    }

    private func setup(_ arguments: [String], _ terminal: ScriptedTerminal) throws -> SetupSessions {
        let options = try SetupOptions.parse(arguments)
        return SetupSessions(
            SetupContext(
                questions: SetupQuestions(terminal: terminal, isUnattended: options.yes), options: options,
                layout: ServiceLayout(configuration: path, isRoot: false)))
    }

    private var sessions: [UploadPlan.PlannedSessions] {
        get throws { try UploadPlan(ConfigurationFile.read(path)).sessions }
    }

    @Test func run_unattended_takesTheCommandLine_andNamesASecondOne() async throws {
        try straps("anna")
        try Data("a-key\n".utf8).write(to: URL(filePath: folder.file("key")))
        let arguments = [
            "--yes", "--sessions", "intervals.icu=\(folder.file("key"))", "--sessions", "folder=/srv/a", "--sessions",
            "folder=/srv/b", "--sessions", "webdav=https://cloud.example.net/dav",
        ]
        #expect(try await setup(arguments, ScriptedTerminal()).run())
        #expect(try sessions.map(\.name) == ["intervals.icu", "folder", "folder-2", "webdav"])
        #expect(try sessions[0].settings.token?.read().revealed == "a-key")
        #expect(try sessions[2].settings.options.text("path") == "/srv/b")
        #expect(try "\(sessions[3].settings.address.map { "\($0)" } ?? "")" == "https://cloud.example.net/dav")
    }

    @Test func run_withAnswers_keepsThePastedKey() async throws {
        try straps("anna", "ben")
        let terminal = ScriptedTerminal(typing: "2", "3", "pasted-key")
        #expect(try await setup([], terminal).run())
        let planned = try #require(try sessions.first)
        #expect(planned.name == "runalyze" && planned.settings.strap == "ben")
        #expect(try planned.settings.token?.read().revealed == "pasted-key")
        #expect(terminal.text.contains("https://runalyze.com/settings/personal-api"))
    }

    @Test func run_unattended_withoutAKey_ends_andWritesNothing() async throws {
        try straps("anna")
        let error = await #expect(throws: SetupError.self) {
            _ = try await setup(["--yes", "--sessions", "runalyze"], ScriptedTerminal()).run()
        }
        #expect(error?.description.contains("--sessions runalyze=FILE") == true)
        #expect(try sessions.isEmpty)
    }

    @Test func steps_haveTheSessions_ifTheCommandLineNamesOne() throws {
        #expect(
            SetupStep.steps(try SetupOptions.parse(["-y", "--sessions", "folder=/a", "--output", "file"]))
                == [.pair, .outputs, .sessions, .service])
    }
}
