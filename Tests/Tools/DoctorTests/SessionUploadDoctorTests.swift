import FoundationEssentials
import TestKit
import Testing
import UploaderConfiguration

@testable import Doctor

@Suite(.timeLimit(.minutes(10))) struct SessionUploadDoctorTests {
    private let folder = TemporaryDirectory()

    private func findings(_ sessions: String) async throws -> [Finding] {
        let text =
            "straps: [{ name: anna, destinations: [{ service: pulsoid, token_file: /t }] }]\nsessions: \(sessions)\n"
        let plan = try UploadPlan(try ConfigurationFile.parse(text, path: "f.yaml"))
        return await SessionUploadProbe().answers(about: plan).flatMap(SessionUploadCheck.findings)
    }

    private func key() throws -> String {
        let path = folder.file("key")
        try Data("a-secret-key\n".utf8).write(to: URL(filePath: path))
        return path
    }

    @Test func findings_ofAFolder_sayWhetherItCanBeWritten() async throws {
        let good = try await findings("[{ service: folder, path: \"\(folder.path)\" }]")
        #expect(good == [Finding(.service, .ok, "sessions to folder: it can be written.")])
        let bad = try await findings("[{ service: folder, path: /none/here }]")
        #expect(bad.count == 1 && bad[0].sentence.contains("The folder /none/here cannot be used"))
    }

    @Test(arguments: ["intervals.icu", "runalyze"])
    func findings_ofAnAccount_sayWhetherTheKeyIsGood(service: String) async throws {
        let key = try key()
        for (status, levels) in [(200, ["ok", "ok"]), (401, ["problem"]), (500, ["problem"])] {
            try await StubServer.run(answering: [.json(status, "{}")]) { server, requests in
                let found = try await findings(
                    "[{ service: \(service), address: \"\(server.url)\", token_file: \"\(key)\" }]")
                let own = found.filter { !$0.sentence.contains("can be read or written by other users") }
                #expect(own.map(\.level.rawValue) == levels, "\(status): \(found)")
                #expect(!"\(found)".contains("a-secret-key"))
                #expect(requests.all.allSatisfy { $0.method == "GET" })
            }
        }
    }

    @Test func findings_ofAMissingKey_nameTheFix() async throws {
        let found = try await findings("[{ service: runalyze, address: \"http://127.0.0.1:1\", token_file: /none }]")
        #expect(found.first?.check == .token && found.first?.sentence.contains("/none") == true)
    }
}
