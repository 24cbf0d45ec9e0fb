import Files
import Glibc
import TestKit
import Testing

@Suite struct PrivateModeTests {
    private let directory = TemporaryDirectory()

    private func file(_ name: String, mode: mode_t) throws -> String {
        let path = directory.file(name)
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        close(descriptor)
        try #require(chmod(path, mode) == 0)
        return path
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test(arguments: [(0o644, 0o600), (0o660, 0o600), (0o666, 0o600), (0o604, 0o600), (0o620, 0o600), (0o440, 0o400)])
    func file_thatOthersMayReadOrWrite_isPrivateAgain_andSaysSo(before: Int, after: Int) throws {
        let path = try file("secret", mode: mode_t(before))
        let notices = PrivateMode.restore([path])
        #expect(notices.map(\.isRestored) == [true])
        #expect(notices.first?.sentence.contains("\(path) could be read or written by other users (mode 0") == true)
        #expect(mode(path) == mode_t(after))
        #expect(PrivateMode.restore([path]).isEmpty)
    }

    @Test func file_thatIsPrivateOrMissingOrNoFile_isLeftAlone() throws {
        let path = try file("secret", mode: 0o400)
        #expect(PrivateMode.restore([path, directory.file("missing"), "/dev/null"]).isEmpty)
        #expect(mode(path) == 0o400)
    }

    @Test func configuration_thatOthersMayWrite_isWarnedOf() throws {
        for (mode, isWarned) in [(0o644, false), (0o640, false), (0o664, true), (0o646, true), (0o666, true)] {
            let path = try file("strapline.yaml", mode: mode_t(mode))
            #expect((PrivateMode.writeWarning(path) != nil) == isWarned, "\(String(mode, radix: 8))")
        }
    }

    @Test func folder_thatIsOpenToAll_isWarnedOf_unlessItIsSticky() throws {
        let path = try file("strapline.yaml", mode: 0o600)
        let folder = String(path.prefix(upTo: try #require(path.lastIndex(of: "/"))))
        for (mode, isWarned) in [(0o777, true), (0o1777, false), (0o755, false), (0o700, false)] {
            try #require(chmod(folder, mode_t(mode)) == 0)
            #expect((PrivateMode.folderWarning(path) != nil) == isWarned, "\(String(mode, radix: 8))")
            #expect((PrivateMode.writeWarning(path) != nil) == isWarned)
        }
    }
}
