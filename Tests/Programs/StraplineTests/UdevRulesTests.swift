import FoundationEssentials
import Subprocess
import TestKit
import Testing

@Suite(
    .timeLimit(.minutes(10)),
    .enabled("udevadm cannot check rules here: run scripts/setup.sh, and permit namespaces of users") {
        try await UdevRules.canBeChecked()
    })
struct UdevRulesTests {
    @Test func rules_ofTheProject_areWithoutFault() async throws {
        #expect(try await UdevRules.check(UdevRules.path) == .exited(0))
    }

    @Test(arguments: [#"SUBSYSTEM="misc""#, #"FOO=="bar", MODE="0664""#, "no rule at all"])
    func rules_whenOneIsBroken_areFound(broken: String) async throws {
        let folder = TemporaryDirectory()
        let path = folder.file("90-broken.rules")
        let text = try String(contentsOfFile: UdevRules.path, encoding: .utf8)
        try Data((text + broken + "\n").utf8).write(to: URL(filePath: path))
        #expect(try await UdevRules.check(path) == .exited(1))
    }
}
