import FoundationEssentials
import Glibc
import ProcessHarness
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Testing

/// `strapline login` against a real hub, as a process of its own.
@Suite(.timeLimit(.minutes(10)), .serialized) struct LoginCommandTests {
    /// A token with which the user allows programs on the hub's page.
    private func phoneToken(_ stack: StackFixture, of user: TestUser) async throws -> String {
        struct Issued: Decodable {
            let access_token: String
        }
        let output = try await stack.hub.output(of: [
            "token", "issue", "--user", user.name, "--scope", "data:heart_rate:write", "--may-consent", "--database",
            stack.database.string, "--json",
        ])
        return try JSONDecoder().decode(Issued.self, from: Data(output.utf8)).access_token
    }

    /// Does what the user does on the hub's page.
    private func allow(_ code: String, token: String, port: Int) async throws -> String {
        let body = "user_code=\(code)&access_token=\(token)&decision=allow"
        let client = try #require(StubbornClient(port: port))
        client.send(
            "POST \(PulsoidPath.deviceConsent) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return await client.receiveToTheEnd()
    }

    @Test(arguments: [["login"], ["login", "pulsoid"], ["login", "hub"]])
    func login_withACodeThatIsConfirmed_keepsATokenThatUploads(command: [String]) async throws {
        let stack = try await StackFixture()
        let token = try await phoneToken(stack, of: stack.users[0])
        try await stack.withHub { hub, port in
            let (address, file) = (hub.firstLine, stack.file("new.token"))
            let ended = try await stack.commands.run(command + ["--address", address, "--output", file]) { login in
                let mark = "enter the code: "
                await login.lines.until { $0.contains { $0.contains(mark) } }
                let line = login.lines.all.first { $0.contains(mark) } ?? ""
                let page = try await allow(String(line.split(separator: mark).last ?? ""), token: token, port: port)
                #expect(page.hasPrefix("HTTP/1.1 200"), "\(page)")
                await login.untilEnded()
            }
            #expect(ended.status == .exited(0), "\(ended.error)")
            var status = stat()
            #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let sent = try await stack.commands.run([
                "simulate", "--address", address, "--token-file", file, "--readings", "2", "--quiet",
            ])
            #expect(sent.status == .exited(0), "\(sent.error)")
        }
    }

    /// A strap that `pair` adds to a file for a hub goes to the hub, and the printed command gets its token there.
    @Test func pair_intoAFileForAHub_printsALoginThatWorks() async throws {
        let stack = try await StackFixture()
        let (anna, ben) = (stack.users[0], stack.users[1])
        let file = stack.file("pair.yaml")
        await stack.startBeating()
        try await stack.withHub { hub, _ in
            let yaml = """
                straps:
                  - name: ben
                    address: "\(ben.strapAddress)"
                    destinations: [{service: pulsoid, address: "\(hub.firstLine)", token_file: "\(ben.tokenFile)"}]
                """
            try PrivateFile.write(yaml + "\n", to: FilePath(file))
            let paired = try await stack.commands.run([
                "pair", anna.strapAddress, "--write", file, "--name", "Anna K",
            ])
            #expect(paired.status == .exited(0), "\(paired.error)")
            #expect(!paired.output.contains("Pulsoid"), "\(paired.output)")
            let mark = "Next, its token: "
            let printed = paired.lines.first { $0.hasPrefix(mark) }?.dropFirst(mark.count) ?? ""
            let token = try String(contentsOfFile: anna.tokenFile, encoding: .utf8)
            let login = try await stack.commands.runPrinted("\(printed) --token-stdin", input: token)
            #expect(login.status == .exited(0), "\(printed): \(login.error)")
            let check = try await stack.commands.run(["check", file])
            #expect(check.status == .exited(0), "\(check)")
            #expect(check.output.contains("to pulsoid: \(hub.firstLine)"), "\(check.output)")
        }
    }
}
