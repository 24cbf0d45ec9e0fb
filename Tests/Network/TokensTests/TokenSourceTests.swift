import FoundationEssentials
import Glibc
import TestKit
import Testing
import Tokens

@Suite struct TokenSourceTests {
    private let folder = TemporaryDirectory()

    private func write(_ text: String, mode: mode_t = 0o600) throws -> String {
        let path = folder.file("token")
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, mode)
        return path
    }

    @Test(arguments: ["abc", "abc\n", " \t abc\r\n\n"]) func read_ofAFile_trimsWhiteSpace(text: String) throws {
        #expect(try TokenSource.file(path: write(text)).read().bearer == "Bearer abc")
    }

    @Test func read_afterTheFileWasReplaced_givesTheNewToken() throws {
        let source = TokenSource.file(path: try write("old"))
        #expect(try source.read().bearer == "Bearer old")
        _ = try write("new")
        #expect(try source.read().bearer == "Bearer new")
    }

    @Test(arguments: [
        "\u{FEFF}abc\r\n", "\"abc\"\n", "'abc'", "\u{201C}abc\u{201D}", "\u{AB} abc \u{BB}", "Bearer abc\n",
        "bearer  abc",
        "Authorization: Bearer abc\r\n", "\"Bearer abc\"", "\u{FEFF}\"abc\"\r\n\r\n", "\u{200B}abc\u{A0}", "`abc`",
        "abc\r",
        "<abc>", "abc,", "\"abc\";", "TOKEN=abc", "export HUB_TOKEN=\"abc\"", "token: \"abc\",", "access_token: abc",
        "\u{1B}[200~abc\u{1B}[201~", "http://hub:8080/?view=wall#access_token=abc&remember=1",
        "<https://hub/#access_token=abc>", "curl 'http://hub/api/v1/profile?access_token=abc'",
        "\n\nabc", "\u{FEFF}{\"access_token\": \"abc\"}\r\n",
    ])
    func read_ofATokenAsPeopleKeepIt_givesTheTokenAlone(text: String) throws {
        #expect(try TokenSource.file(path: write(text)).read().bearer == "Bearer abc")
        #expect(StoredToken(text)?.access.revealed == "abc")
        let variable = TokenSource.environment(variable: "TOKEN")
        #expect(try variable.read(environment: { ["TOKEN": text][$0] }).bearer == "Bearer abc")
        let credential = TokenSource.credential(name: "kept", file: folder.file("token"))
        #expect(try credential.read().bearer == "Bearer abc")
    }

    @Test(
        arguments: [
            (Array("abc\ndef\n".utf8), "several lines"), (Array("abc def".utf8), "spaces within"),
            (Array("abc\rdef".utf8), "several lines"), ([0xFF, 0xFE, 0x61, 0, 0x62, 0], "UTF-16"),
            ([0xFE, 0xFF, 0, 0x61, 0, 0x62], "UTF-16"), ([0x61, 0, 0x62, 0, 0x0D, 0, 0x0A, 0], "UTF-16"),
            (Array("caf\u{e9}".utf8), "a character that no token has"),
            ([0xEF, 0xBB, 0xBF, 0x0D, 0x0A], "holds no token"),
            (Array("https://pulsoid.net/ui/keys".utf8), "an address"), (Array("http://hub:8080/#x".utf8), "an address"),
            (Array("\"\"".utf8), "no token"), (Array("{}".utf8), "JSON without an access_token"),
        ] as [([UInt8], String)])
    func read_ofWhatIsNoToken_saysWhatItIs(bytes: [UInt8], words: String) throws {
        let path = folder.file("token")
        try Data(bytes).write(to: URL(filePath: path))
        let error = #expect(throws: TokenError.self) { try TokenSource.file(path: path).read() }
        #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
        #expect(StoredToken.problem(in: String(decoding: bytes, as: UTF8.self))?.contains(words) == true)
    }

    /// InfluxDB's tokens end so.
    @Test(arguments: ["YWJj==", "mytoken==", "a:b", "a,b;c", "token", "a=b"])
    func read_ofATokenWithSigns_leavesThem(text: String) throws {
        #expect(try TokenSource.file(path: write(text)).read().bearer == "Bearer \(text)")
    }

    @Test(arguments: ["", " \n", "two words", "caf\u{e9}", "a\u{0}b"])
    func read_ofWhatIsNoToken_throwsWithoutShowingIt(text: String) throws {
        let source = TokenSource.file(path: try write(text))
        let error = #expect(throws: TokenError.self) { try source.read() }
        #expect(error?.problem.hasPrefix("holds no token") == true)
        #expect(error?.description.contains(folder.file("token")) == true)
        #expect(error?.description.contains("words") == false)
    }

    @Test func read_ofAMissingFile_namesItAndTheNextStep() throws {
        let error = #expect(throws: TokenError.self) { try TokenSource.file(path: folder.file("none")).read() }
        #expect(
            error?.description
                == "The token file \(folder.file("none")) cannot be read: No such file or directory. "
                + "Put the token there, readable by the user that runs this program only (mode 600).")
    }

    @Test func read_ofAFolderOrAPipeOrALargeFile_throws() throws {
        #expect(throws: TokenError.self) { try TokenSource.file(path: folder.path).read() }
        mkfifo(folder.file("pipe"), 0o600)
        #expect(throws: TokenError.self) { try TokenSource.file(path: folder.file("pipe")).read() }
        let large = try write(String(repeating: "x", count: TokenSource.mostBytes + 1))
        #expect(throws: TokenError.self) { try TokenSource.file(path: large).read() }
    }

    @Test func read_ofTheEnvironment() throws {
        let variable = TokenSource.environment(variable: "TOKEN")
        #expect(try variable.read(environment: { ["TOKEN": " abc "][$0] }).bearer == "Bearer abc")
        #expect(throws: TokenError.self) { try variable.read(environment: { _ in nil }) }
    }

    @Test func read_ofASystemdCredential() throws {
        _ = try write("abc\n")
        let credential = TokenSource.credential(name: "token")
        let folder = folder.path
        #expect(try credential.read(environment: { ["CREDENTIALS_DIRECTORY": folder][$0] }).bearer == "Bearer abc")
        let error = #expect(throws: TokenError.self) { try credential.read(environment: { _ in nil }) }
        #expect(error?.description.contains("LoadCredential=token:") == true)
        // Where systemd takes it from, for a program outside of the unit.
        let kept = TokenSource.credential(name: "token", file: folder + "/token")
        #expect(try kept.read(environment: { _ in nil }).bearer == "Bearer abc")
        #expect(kept.renewalBlocker != nil)
    }

    @Test func warning_whenOthersMayReadTheFile_saysWhatToRun() throws {
        let path = try write("abc", mode: 0o644)
        #expect(TokenSource.file(path: path).warning?.contains("chmod 600 \(path)") == true)
        #expect(TokenSource.file(path: try write("abc")).warning == nil)
    }
}

@Suite struct AccessTokenTests {
    @Test func token_showsItselfNowhere() throws {
        let token = try #require(AccessToken("8c4da3ce-7ed7"))
        var dumped = ""
        dump(["t": token], to: &dumped)
        for text in ["\(token)", String(reflecting: token), "\([token])", "\(Optional(token) as Any)", dumped] {
            #expect(!text.contains("8c4da3ce"))
        }
    }
}
