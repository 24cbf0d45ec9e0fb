import FoundationEssentials
import Glibc
import TestKit
import Testing

@testable import strapline

/// The file of `--output`.
@Suite struct HistoryFileTests {
    private let folder = TemporaryDirectory()
    private var path: String { folder.file("run.csv") }

    /// Ctrl-C, a kill or a power cut leaves no half of a file that looks like a whole one.
    @Test func file_untilItIsComplete_hasNoName() throws {
        let file = try HistoryFile(path)
        try file.write("id\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try file.close()
        #expect(FileManager.default.contents(atPath: path) == Data("id\n".utf8))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func file_thatIsRemoved_leavesNothing() throws {
        let file = try HistoryFile(path)
        try file.write("id\n")
        file.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func file_thatAppearsInBetween_isLeftAlone() throws {
        let file = try HistoryFile(path)
        try Data("mine".utf8).write(to: URL(filePath: path))
        #expect(throws: HistoryFile.Failure(path: path, code: EEXIST)) { try file.close() }
        #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8))
    }

    @Test func path_ofAFolder_isNotToBeMovedAway() throws {
        let error = #expect(throws: HistoryFile.Failure.self) { try HistoryFile(folder.path) }
        #expect(error?.description == "\(folder.path) is a folder: name a new file in it")
    }

    @Test func path_ofAPipeOrADevice_isWrittenTo() throws {
        try HistoryFile("/dev/null").close()
        #expect(mkfifo(path, 0o600) == 0)
        // Opened for both, which waits for no other side.
        let reader = open(path, O_RDWR)
        let file = try HistoryFile(path)
        try file.write("id\n")
        try file.close()
        file.remove()
        var bytes = [UInt8](repeating: 0, count: 3)
        #expect(read(reader, &bytes, 3) == 3 && bytes == Array("id\n".utf8))
        #expect(FileManager.default.fileExists(atPath: path))
        close(reader)
    }

    @Test(arguments: ["-", "/dev/stdout"])
    func option_forStdout_isNoFile(_ name: String) {
        #expect(HistoryFile.path(ofOption: name) == nil)
        #expect(HistoryFile.path(ofOption: "./-") == "./-")
    }
}
