import TestKit
import Testing
import UploaderConfiguration

@testable import Doctor

@Suite(.timeLimit(.minutes(10))) struct OutputDoctorTests {
    private let folder = TemporaryDirectory()

    private func findings(_ outputs: String) async throws -> [Finding] {
        let text =
            "straps: [{ name: anna, destinations: [{ service: pulsoid, token_file: /t }] }]\noutputs: \(outputs)\n"
        let plan = try UploadPlan(try ConfigurationFile.parse(text, path: "f.yaml"))
        return await OutputProbe().facts(about: plan).flatMap(OutputCheck.findings)
    }

    @Test func findings_ofAFileThatCanBeWritten_areGood() async throws {
        let findings = try await findings("[{ kind: file, path: \"\(folder.file("hr.txt"))\" }]")
        #expect(findings == [Finding(.output, .ok, "file: the folder \(folder.path) can be written.")])
    }

    @Test func findings_ofAFileThatCannotBeWritten_areOneProblem() async throws {
        let findings = try await findings("[{ kind: file, path: /proc/version/hr.txt }]")
        #expect(
            findings == [Finding(.output, .problem, "file: /proc/version is no folder. Name a file in another folder.")]
        )
    }

    @Test func findings_ofADeadWebhook_nameTheFix_andOthersAreExaminedToo() async throws {
        let dead = DeafPort()
        let findings = try await findings(
            "[{ kind: webhook, address: \"http://127.0.0.1:\(dead.port)\", secret_file: /none }, "
                + "{ kind: file, path: \"\(folder.file("hr.txt"))\" }]")
        #expect(findings.map(\.level) == [.problem, .problem, .ok])
        #expect(findings[0].sentence.hasPrefix("webhook: The token file /none"))
        #expect(findings[1].sentence.contains("refuses the connection"))
        #expect(findings[1].remedy == "check the network and the address")
    }
}
