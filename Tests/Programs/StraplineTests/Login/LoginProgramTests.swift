import FoundationEssentials
import Glibc
import Subprocess
import TestKit
import Testing

/// `strapline login pulsoid` as a process of its own, against real sockets.
@Suite(.timeLimit(.minutes(10))) struct LoginProgramTests {
    private let folder = TemporaryDirectory()
    private var tokenPath: String { folder.file("new/pulsoid.token") }
    private var token: String {
        FileManager.default.contents(atPath: tokenPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func validation(_ scope: String) -> StubAnswer {
        .json(200, #"{"client_id": "c", "expires_in": 3600, "profile_id": null, "scopes": ["\#(scope)"]}"#)
    }

    private func run(
        _ arguments: [String], stdin: String = "", variables: [String] = []
    ) async throws -> (output: String, error: String, status: TerminationStatus) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let this = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let program = this.prefix(through: this.lastIndex(of: "/") ?? this.startIndex) + "strapline"
        let result = try await Subprocess.run(
            .name("env"), arguments: .init(variables + [String(program), "login", "pulsoid"] + arguments),
            input: .string(stdin), output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        return (result.standardOutput, result.standardError, result.terminationStatus)
    }

    private func mode(_ path: String) -> Int {
        var status = stat()
        stat(path, &status)
        return Int(status.st_mode & 0o777)
    }

    @Test func pastedToken_thatIsGood_isKeptForThisUserOnly_andShownNowhere() async throws {
        try await StubServer.run(answering: [Self.validation("data:heart_rate:write")]) { server, requests in
            let result = try await run(
                ["--token-stdin", "--output", tokenPath, "--address", server.url], stdin: "sesame-token\n")
            #expect(result.status == .exited(0), "\(result.error)")
            #expect(token == "sesame-token\n")
            #expect(mode(tokenPath) == 0o600)
            #expect(mode(folder.file("new")) == 0o700)
            #expect(!(result.output + result.error).contains("sesame"))
            #expect(requests.all.map(\.target) == ["/api/v1/token/validate"])
            #expect(requests.all.first?.header("Authorization") == "Bearer sesame-token")
        }
    }

    /// Not beside libcurl's other tests: a variable of the tests' own process would affect all child processes.
    @Test func proxyOfTheEnvironment_isNotAsked() async throws {
        try await StubServer.run(answering: [Self.validation("data:heart_rate:write")]) { server, _ in
            let result = try await run(
                ["--token-stdin", "--output", tokenPath, "--address", server.url], stdin: "sesame-token\n",
                variables: ["http_proxy=http://127.0.0.1:1"])
            #expect(result.status == .exited(0), "\(result.error)")
        }
    }

    @Test func pastedToken_withoutTheScope_isNotKept_andTheMissingScopeIsNamed() async throws {
        try await StubServer.run(answering: [Self.validation("data:heart_rate:read")]) { server, _ in
            let result = try await run(
                ["--token-stdin", "--output", tokenPath, "--address", server.url], stdin: "sesame-token\n")
            #expect(result.status == .exited(78))
            #expect(result.error.contains("lacks the scope data:heart_rate:write; it has: data:heart_rate:read"))
            #expect(token.isEmpty)
        }
    }

    @Test func pastedToken_thatPulsoidDoesNotKnow_isNotKept() async throws {
        let unknown = StubAnswer.json(401, #"{"error_code": "7005", "error_message": "token_not_found"}"#)
        try await StubServer.run(answering: [unknown]) { server, _ in
            let result = try await run(
                ["--token-stdin", "--output", tokenPath, "--address", server.url], stdin: "sesame-token\n")
            #expect(result.status == .exited(77))
            #expect(result.error.contains("token_not_found"))
            #expect(!result.error.contains("sesame"))
            #expect(token.isEmpty)
        }
    }

    @Test func nothingOnStdin_isNoToken() async throws {
        let result = try await run(["--token-stdin", "--output", tokenPath, "--address", "http://127.0.0.1:1"])
        #expect(result.status == .exited(78))
        #expect(token.isEmpty)
    }

    @Test func serviceWithoutALogin_isAMistakeOfUse_withTheWayToItsToken() async throws {
        let result = try await StraplineProgram.run(["login", "cardiogram"])
        #expect(result.status == .exited(64), "\(result)")
        #expect(result.error.contains("token_file"), "\(result)")
    }

    @Test func withoutAClientID_thePersonIsToldToPaste() async throws {
        let result = try await run(["--output", tokenPath])
        #expect(result.status == .exited(78))
        #expect(result.error.contains("--token-stdin"))
        #expect(result.error.contains("https://pulsoid.net/ui/keys"))
    }

    @Test func confirmedCode_givesAPairThatIsKept_inTheFileOfTheConfiguration() async throws {
        let answers = [
            StubAnswer.json(
                200,
                #"{"device_code": "sesame-device", "user_code": "ABCD-EFGH", "#
                    + #""verification_uri": "https://p.example/device", "expires_in": 600, "interval": 1}"#),
            .json(200, #"{"access_token": "sesame-a", "refresh_token": "sesame-r", "expires_in": 3600}"#),
            Self.validation("data:heart_rate:write"),
        ]
        try await StubServer.run(answering: answers) { server, requests in
            let configuration = folder.file("strapline.yaml")
            let yaml = """
                straps:
                  - name: chest
                    destinations:
                      - service: pulsoid
                        token_file: \(tokenPath)
                services:
                  pulsoid: {address: "\(server.url)", oauth_address: "\(server.url)", client_id: me}
                """
            try Data(yaml.utf8).write(to: URL(filePath: configuration))
            let result = try await run(["--config", configuration])
            #expect(result.status == .exited(0), "\(result.error)")
            #expect(result.output.contains("https://p.example/device"))
            #expect(result.output.contains("ABCD-EFGH"))
            #expect(!(result.output + result.error).contains("sesame"))
            #expect(token.contains(#""refresh_token" : "sesame-r""#))
            #expect(token.contains(#""client_id" : "me""#))
            #expect(mode(tokenPath) == 0o600)
            #expect(requests.all.count == 3)
        }
    }
}
