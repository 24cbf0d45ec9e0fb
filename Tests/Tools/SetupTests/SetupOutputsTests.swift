import ArgumentParser
import Console
import Destinations
import FoundationEssentials
import Outputs
import StrapFixtures
import TestKit
import Testing
import UploaderConfiguration

@testable import Setup

@Suite struct SetupOutputsTests {
    private let folder = TemporaryDirectory()

    private var path: String { folder.file("strapline.yaml") }

    private func straps(_ names: String...) throws {
        let lines = names.map { "  - { name: \($0), destinations: [{ service: pulsoid, token_file: /t }] }\n" }
        try Data(("straps:\n" + lines.joined()).utf8).write(to: URL(filePath: path))
    }

    private func setup(_ arguments: [String], _ terminal: ScriptedTerminal) throws -> SetupOutputs {
        let options = try SetupOptions.parse(arguments)
        return SetupOutputs(
            SetupContext(
                questions: SetupQuestions(terminal: terminal, isUnattended: options.yes), options: options,
                layout: ServiceLayout(configuration: path, isRoot: false)))
    }

    private var outputs: [UploadPlan.PlannedOutput] {
        get throws { try UploadPlan(ConfigurationFile.read(path)).outputs }
    }

    @Test func run_withAnswers_writesTheOutput() async throws {
        try straps("anna")
        let terminal = ScriptedTerminal(typing: "1", "/run/user/1000/hr.txt")
        #expect(try await setup([], terminal).run())
        #expect(try outputs.map(\.settings.options).first?.text("path") == "/run/user/1000/hr.txt")
        #expect(terminal.text.contains("1  Text file") && terminal.text.contains("The output file is in \(path)."))
    }

    @Test func run_withSeveralStraps_asksWhichOne() async throws {
        try straps("anna", "ben")
        let terminal = ScriptedTerminal(typing: "1", "3", "")
        #expect(try await setup([], terminal).run())
        #expect(try outputs.map(\.settings.strap) == ["ben"])
    }

    @Test func run_withAWrongAnswer_saysWhy_andAsksAgain() async throws {
        try straps("anna")
        let terminal = ScriptedTerminal(typing: "2", "nowhere", "http://127.0.0.1:1880/hr")
        #expect(try await setup([], terminal).run())
        #expect(terminal.text.contains("begins with neither https:// nor http://"))
        #expect(try outputs.map(\.name) == ["webhook"])
    }

    @Test func run_unattended_takesTheOutputsOfTheCommandLine_andNamesASecondOne() async throws {
        try straps("anna", "ben")
        let arguments = [
            "--yes", "--output", "file", "--output", "File=/run/{strap}", "--output", "webhook=http://a/?b=c",
        ]
        #expect(try await setup(arguments, ScriptedTerminal()).run())
        #expect(try outputs.map(\.name) == ["file", "file-2", "webhook"])
        #expect(try outputs[2].settings.options.text("address") == "http://a/?b=c")
    }

    @Test func run_unattended_withAMistake_ends_andWritesNothing() async throws {
        try straps("anna")
        let error = await #expect(throws: SetupError.self) {
            _ = try await setup(["--yes", "--output", "webhook"], ScriptedTerminal()).run()
        }
        #expect(error?.description == "Webhook needs the `address`")
        #expect(try outputs.isEmpty)
    }

    @Test func run_withoutAStrap_namesTheFirstStep() async {
        let error = await #expect(throws: SetupError.self) { _ = try await setup([], ScriptedTerminal()).run() }
        #expect(error?.description.contains("has no strap yet: run strapline setup first") == true)
    }

    @Test func options_withAnUnknownKind_areRefused() {
        #expect(throws: (any Error).self) { try SetupOptions.parse(["--output", "pager"]) }
    }

    @Test func steps_haveTheOutputs_ifTheCommandLineNamesOne() throws {
        #expect(SetupStep.steps(try SetupOptions.parse(["-y"])) == [.pair, .service])
        #expect(SetupStep.steps(try SetupOptions.parse(["-y", "--output", "file"])) == [.pair, .outputs, .service])
        #expect(!SetupStep.steps(try SetupOptions.parse([])).contains(.outputs))
    }
}
