import Files
import FoundationEssentials
import Glibc
import TestKit
import Testing

@Suite struct FileReplacementTests {
    private let folder = TemporaryDirectory()

    private func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        stat(path, &status)
        return status.st_mode & 0o7777
    }

    @Test func replace_ofNothing_makesAFileForThisUserOnly() throws {
        let path = folder.file("token")
        try FileReplacement.replace(path, with: "new", isSecret: true)
        #expect(contents(path) == "new")
        #expect(mode(path) == 0o600)
    }

    @Test(arguments: [(false, 0o644), (true, 0o600)])
    func replace_ofAFileThatAllMayRead_keepsThatUnlessItIsSecret(isSecret: Bool, expected: Int) throws {
        let path = folder.file("token")
        try FileReplacement.replace(path, with: "old")
        chmod(path, 0o644)
        try FileReplacement.replace(path, with: "new", isSecret: isSecret)
        #expect(contents(path) == "new")
        #expect(Int(mode(path)) == expected)
    }

    @Test(.enabled("root alone gives files away") { geteuid() == 0 })
    func replace_ofAnothersFile_keepsOwnerAndGroup() throws {
        let path = folder.file("token")
        try FileReplacement.replace(path, with: "old")
        chown(path, 4321, 1234)
        try FileReplacement.replace(path, with: "new", isSecret: true)
        var status = stat()
        stat(path, &status)
        #expect(status.st_uid == 4321 && status.st_gid == 1234)
    }

    @Test func replacement_thatIsNotCommitted_leavesNothingBehind() throws {
        let path = folder.file("token")
        try FileReplacement.replace(path, with: "old")
        do { _ = try FileReplacement.begin(path, reservedBytes: 8192) }
        #expect(contents(path) == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["token"])
    }

    @Test func commit_afterRoomWasReserved_leavesTheTextAlone() throws {
        let path = folder.file("token")
        var replacement = try FileReplacement.begin(path, isSecret: true, reservedBytes: 8192)
        try replacement.commit("new")
        #expect(contents(path) == "new")
    }

    @Test func replace_throughALink_replacesWhatItPointsAt() throws {
        let (path, link) = (folder.file("token"), folder.file("link"))
        try FileReplacement.replace(path, with: "old")
        symlink(path, link)
        try FileReplacement.replace(link, with: "new")
        #expect(contents(path) == "new")
    }

    @Test func replace_inAFolderThatIsNotThere_saysSo() {
        let path = folder.file("none/token")
        let error = #expect(throws: FileReplacement.Failure.self) { try FileReplacement.replace(path, with: "new") }
        #expect(error?.description == "\(path) cannot be written: No such file or directory")
    }
}
