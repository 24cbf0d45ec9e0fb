import FoundationEssentials
import Glibc
import TestKit
import Testing
import Tokens

@Suite struct SecretFileTests {
    private let folder = TemporaryDirectory()
    private var file: SecretFile { SecretFile(path: folder.file("password")) }

    private func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: file.path))
    }

    @Test(arguments: [
        ("secret", "secret"), ("two words \n", "two words "), ("one\r\ntwo\r\n", "one"), ("\u{FEFF}ümlaut\n", "ümlaut"),
        (" : @#'\"", " : @#'\""),
    ])
    func secret_whenTheFileHasOne_isItsFirstLine(_ text: String, _ secret: String) throws {
        try write(Array(text.utf8))
        #expect(try file.read() == secret)
    }

    @Test(arguments: [[], [10], [10, 65], [0xFF, 0xFE, 65, 0], Array(repeating: 65, count: 9000)] as [[UInt8]])
    func secret_whenTheFileHasNone_isExplained(_ bytes: [UInt8]) throws {
        try write(bytes)
        let problem = try #require(throws: SecretFile.Problem.self) { try file.read() }
        #expect(problem.description.contains(file.path))
        #expect(!problem.description.contains("AAAA"))
    }

    @Test func secret_whenTheFileIsMissing_isExplained() throws {
        let problem = try #require(throws: SecretFile.Problem.self) { try file.read() }
        #expect(problem.description.contains("No such file"))
    }

    @Test func warning_aboutAPathWithASpace_printsACommandThatRuns() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("my token")
        try Data([65]).write(to: URL(filePath: path))
        chmod(path, 0o644)
        #expect(TokenSource.file(path: path).warning?.hasSuffix("run chmod 600 '\(path)'") == true)
    }

    @Test func warning_whenOthersCanReadTheFile_saysHowToStopThat() throws {
        try write([65])
        chmod(file.path, 0o644)
        #expect(file.warning?.contains("chmod 600") == true)
        chmod(file.path, 0o600)
        #expect(file.warning == nil)
    }
}
