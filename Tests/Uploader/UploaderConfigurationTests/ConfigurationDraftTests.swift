import Files
import FoundationEssentials
import Glibc
import StrapFixtures
import TestKit
import Testing

@testable import UploaderConfiguration

@Suite struct ConfigurationDraftTests {
    private let directory = TemporaryDirectory()

    private var path: String { directory.file("strapline.yaml") }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func add(_ name: String, _ address: String = "C4:11:22:33:44:55") throws {
        let draft = try ConfigurationDraft(extending: path)
        let entry = try #require(
            StrapEntry(
                try Device.named("Arm", address), name: name, taken: draft.names, tokenFile: nil, folder: draft.folder))
        try draft.write(adding: entry)
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        stat(path, &status)
        return status.st_mode & 0o777
    }

    @Test func write_whenTheFileIsMissing_makesItForThisUserOnly() throws {
        try add("arm")
        #expect(mode(path) == 0o600)
        let strap = try ConfigurationFile.read(path).straps[0]
        #expect(strap.name == "arm")
        #expect(strap.destinations[0].tokenFile == directory.file("pulsoid-arm.token"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["strapline.yaml"])
    }

    @Test func write_whenTheFileIsThere_keepsItsPermissionsAndWhatItHolds() throws {
        try add("arm")
        chmod(path, 0o640)
        let before = "# mine\n" + (try text())
        try write(before)
        try add("leg", "C4:11:22:33:44:56")
        #expect(try text().hasPrefix(before))
        #expect(mode(path) == 0o640)
        let draft = try ConfigurationDraft(extending: path)
        #expect(draft.names == ["arm", "leg"])
        #expect(draft.name(of: try Device.address("c4:11:22:33:44:55")) == "arm")
    }

    @Test func write_throughASymbolicLink_keepsTheLink() throws {
        let link = directory.file("link.yaml")
        try add("arm")
        symlink(path, link)
        let draft = try ConfigurationDraft(extending: link)
        let entry = try #require(
            StrapEntry(
                try Device.named("Leg", "C4:11:22:33:44:56"), name: "leg", taken: [], tokenFile: nil, folder: "/f"))
        try draft.write(adding: entry)
        #expect(try ConfigurationFile.read(path).straps.count == 2)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    }

    @Test func write_whenTheFolderIsMissing_saysSo() throws {
        let draft = try ConfigurationDraft(extending: directory.file("none/strapline.yaml"))
        let entry = try #require(
            StrapEntry(
                try Device.named("Leg", "C4:11:22:33:44:56"), name: "leg", taken: [], tokenFile: nil, folder: "/f"))
        let error = #expect(throws: FileReplacement.Failure.self) { try draft.write(adding: entry) }
        #expect(error?.description.contains("No such file or directory") == true)
    }

    @Test(arguments: ["", "straps:\n"])
    func draft_ofAFileThatNamesNoStrapYet_getsItsFirst(straps: String) throws {
        let before = "# mine\noutbox:\n  retention_days: 7\n"
        try write(before + straps)
        #expect(try ConfigurationDraft.configuration(at: path)?.outbox?.retentionDays == 7)
        try add("arm")
        #expect(try text().hasPrefix(before))
        #expect(try ConfigurationFile.read(path).straps.map(\.name) == ["arm"])
    }

    @Test func draft_ofAFileWithAMistake_isRefusedAndLeftAlone() throws {
        try write("straps:\n  - nam: a\n")
        #expect(throws: ConfigurationError.self) { try ConfigurationDraft(extending: path) }
        #expect(try text() == "straps:\n  - nam: a\n")
    }
}
