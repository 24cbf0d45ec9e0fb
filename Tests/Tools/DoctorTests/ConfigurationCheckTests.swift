import FoundationEssentials
import TestKit
import Testing

@testable import Doctor
@testable import UploaderConfiguration

@Suite struct ConfigurationCheckTests {
    private let folder = TemporaryDirectory()

    private func check(_ text: String) throws -> ConfigurationCheck {
        let path = folder.file("strapline.yaml")
        try Data(text.utf8).write(to: URL(filePath: path))
        return ConfigurationCheck(.success(path))
    }

    @Test func fileThatThisUserMayNotRead_isNamed_withTheCommand() {
        let path = "/etc/strapline/strapline.yaml"
        let check = ConfigurationCheck(.failure(NoConfiguration(candidates: ["/home/me/x", path], closed: path)))
        #expect(check.plan == nil)
        #expect(check.findings.map(\.level) == [.warning])
        #expect(check.findings[0].sentence.contains(path))
        #expect(check.findings[0].remedy == "sudo strapline doctor")
    }

    @Test func noFile_isSaid_andNoProblem() {
        let check = ConfigurationCheck(.failure(NoConfiguration(candidates: ["/home/me/x"], closed: nil)))
        #expect(check.plan == nil && check.findings.map(\.level) == [.info])
        #expect(check.findings[0].remedy?.contains("strapline setup") == true)
    }

    @Test(arguments: ["strap: 1\n", "straps:\n\t- name: a\n", "straps: []\n", "\u{0}"])
    func mistake_isAProblem_withItsFile(text: String) throws {
        let check = try check(text)
        #expect(check.plan == nil && !check.findings.isEmpty)
        #expect(check.findings.allSatisfy { $0.level == .problem && $0.sentence.contains(folder.path) })
        #expect(check.findings.allSatisfy { $0.remedy?.contains("strapline check --config \(folder.path)") == true })
    }

    @Test func missingFileAndFolder_areProblems() {
        for path in [folder.file("none.yaml"), folder.path] {
            let check = ConfigurationCheck(.success(path))
            #expect(check.findings.map(\.level) == [.problem], "\(check.findings)")
            #expect(check.findings.first?.sentence.contains(path) == true)
        }
    }
}
