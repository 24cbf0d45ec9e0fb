import FoundationEssentials
import Glibc
import TestKit
import Testing
import Tokens

@Suite struct SecretHeadersTests {
    private let folder = TemporaryDirectory()

    private func file(_ text: String, mode: mode_t = 0o600) throws -> SecretHeaders {
        let path = folder.file("headers")
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, mode)
        return SecretHeaders(path: path)
    }

    @Test(arguments: [
        "X-API-Key: open sesame", "# my key\r\n\r\nX-API-Key:  open sesame \r\n", "\u{FEFF}X-API-Key:open sesame\n",
    ])
    func read_ofHeaders_givesTheirNamesAndValues(text: String) throws {
        let headers = try file(text).read()
        #expect(headers.map(\.name) == ["X-API-Key"] && headers.map(\.value) == ["open sesame"])
        #expect("\(headers)" == "[X-API-Key: <secret>]")
    }

    @Test(
        arguments: [
            ("", "holds no header"), ("# nothing\n", "holds no header"), ("secret", "no colon in line 1"),
            ("A: b\nX Y: secret", "a name with a character that no header has in line 2"), ("a:", "no value"),
            (": secret", "a name"), ("A: secr\u{e9}t", "no value of plain letters"), ("Host: secret", "Host in line 1"),
            ("content-type: secret", "content-type in line 1"),
            (String(repeating: "a: secret\n", count: 2000), "too large"),
        ])
    func read_ofOtherText_saysWhatIsWrong_withoutAValue(text: String, words: String) throws {
        let problem = try #require(throws: SecretHeaders.Problem.self) { try file(text).read() }
        #expect(problem.description.contains(words), "\(problem)")
        #expect(!problem.description.contains("secret"))
    }

    @Test func read_ofAMissingFile_saysSo() throws {
        let problem = try #require(throws: SecretHeaders.Problem.self) {
            try SecretHeaders(path: folder.file("none")).read()
        }
        #expect(problem.description.contains("cannot be read: No such file"))
    }

    @Test func warning_ifOthersCanRead_saysHowToPreventIt() throws {
        #expect(try file("A: b", mode: 0o600).warning == nil)
        #expect(try file("A: b", mode: 0o640).warning?.contains("chmod 600 \(folder.file("headers"))") == true)
    }

    @Test func removed_takesValuesOutOfAText() throws {
        let headers = try file("Authorization: Basic c2VzYW1l\nA: b").read()
        #expect(SecretHeaders.removed(headers, from: "bad c2VzYW1l, Basic c2VzYW1l!") == "bad <secret>, <secret>!")
    }
}
