import FoundationEssentials
import Glibc
import Subprocess
import TestKit
import Testing

@testable import strapline

/// `export`, `logs` and `strap`: what a user does with the own readings, log and straps.
@Suite(.timeLimit(.minutes(10))) struct OwnReadingsTests {
    private let home = TemporaryDirectory()
    private var file: String { home.file("strapline.yaml") }

    init() throws {
        let yaml = """
            straps:
              - name: anna
                address: C4:11:22:33:44:55
                destinations:
                  - service: pulsoid
                    token_file: \(home.file("a"))
              - name: ben
                device_name: Polar H10 1234
                destinations:
                  - service: pulsoid
                    token_file: \(home.file("b"))
            outbox:
              path: \(home.file("outbox.sqlite"))

            """
        try Data(yaml.utf8).write(to: URL(filePath: file))
    }

    private func strapline(_ arguments: String...) async throws -> (output: String, error: String, code: String) {
        let ended = try await StraplineProgram.run(arguments, ["HOME=\(home.path)", "STRAPLINE_CONFIG=\(file)"])
        return (ended.output, ended.error, "\(ended.status)")
    }

    @Test func straps_areListed_renamed_andRemoved() async throws {
        let list = try await strapline("strap", "list")
        #expect(list.output.contains("anna   C4:11:22:33:44:55  connect  pulsoid"), "\(list)")
        let renamed = try await strapline("strap", "rename", "anna", "Anna")
        #expect(renamed.output.contains("anna is Anna now"), "\(renamed)")
        let refused = try await strapline("strap", "remove", "ben")
        #expect(refused.code.contains("64") && refused.error.contains("--yes"), "\(refused)")
        let removed = try await strapline("strap", "remove", "ben", "--yes")
        #expect(removed.output.contains("ben is not in"), "\(removed)")
        #expect(try await strapline("strap", "list", "--json").output.contains(#""name":"Anna""#))
        #expect(try await !strapline("strap", "list").output.contains("ben"))
    }

    @Test func export_withATimeItCannotRead_namesTheForms() async throws {
        let ended = try await strapline("export", "--since", "soon")
        #expect(ended.code.contains("64") && ended.error.contains("yesterday, today"), "\(ended)")
    }

    @Test(arguments: ["yesterday", "1h", "24.11.2026", "2026-11-24T18:30:00Z"])
    func export_whereNothingWasReceived_saysThatTheOutboxIsMissing(since: String) async throws {
        let ended = try await strapline("export", "--since", since, "--format", "json")
        #expect(ended.code.contains("66"), "\(ended)")
    }

    @Test func logs_withoutTheService_sayWhereTheLogIs() async throws {
        let bin = home.file("bin")
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        try script("exit 1", at: bin + "/systemctl")
        let none = try await StraplineProgram.run(["logs"], ["PATH=\(bin):/usr/bin:/bin"])
        #expect(none.status == .exited(69) && none.error.contains("strapline run"), "\(none)")
        try script("exit 0", at: bin + "/systemctl")
        try script("echo \"$@\"", at: bin + "/journalctl")
        let shown = try await StraplineProgram.run(["logs", "--follow"], ["PATH=\(bin):/usr/bin:/bin"])
        #expect(shown.output == "--unit=strapline.service --lines=200 --follow\n", "\(shown)")
        let since = try await StraplineProgram.run(
            ["logs", "--since", "2026-01-01T00:00:00Z"], ["PATH=\(bin):/usr/bin:/bin"])
        #expect(since.output == "--unit=strapline.service --since=@1767225600\n", "\(since)")
    }

    private func script(_ text: String, at path: String) throws {
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: path))
        chmod(path, 0o755)
    }
}
