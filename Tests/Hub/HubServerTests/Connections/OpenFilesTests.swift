import FoundationEssentials
import PulsoidAPI
import Subprocess
import TestKit
import Testing

@testable import HubServer

/// The hub keeps the files that it needs for itself, however many connections there are.
@Suite(.timeLimit(.minutes(10)))
struct OpenFilesTests {
    @Test func limits_fitTheFilesThatAreLeft() throws {
        let usual = HubLimits()
        #expect(usual.fitting(connectionFiles: 60_000) == usual)
        for files in [42, 60, 100, 500, 1000, 4000] {
            let limits = try #require(usual.fitting(connectionFiles: files))
            #expect(limits.connections + limits.closingConnections <= files)
            #expect(limits.strangers > 0 && limits.callers > 0 && limits.streams > 0)
            #expect(limits.strangersPerAddress < limits.strangers)
        }
        for files in [-5, 0, 41] { #expect(usual.fitting(connectionFiles: files) == nil) }
    }

    @Test func neededFiles_countEventLoopsAndInheritedOnes() {
        let few = OpenFiles(inherited: 3, eventLoops: 1)
        #expect(OpenFiles(inherited: 3, eventLoops: 33).needed == few.needed + 96)
        #expect(OpenFiles(inherited: 53, eventLoops: 1).needed == few.needed + 50)
        #expect(OpenFiles.current().eventLoops > 0)
    }

    /// A real process with a low limit and files that it has inherited, all its connections taken.
    @Test func administration_withAllConnectionsTaken_stillIssuesAndReads() async throws {
        let program = HubProgram()
        let admin = try await program.value("admin_token", "admin-token", "--name", "test")
        _ = try await program.run("user", "add", "Anna")
        try await LimitedHub.serve(openFiles: 300, inherited: 40, database: program.database) { port in
            try await RawConnection.open(port: port) { administration in
                func call(_ method: String, _ path: String, _ body: String = "") async throws -> RawConnection.Answer {
                    try await administration.send(
                        "\(method) /api/hub/v1/admin/\(path) HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(admin)\r\n"
                            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    return try await administration.readAnswer()
                }
                #expect(try await call("GET", "users").status == 200)
                let crowd = try await StrangerCrowd(count: 300, port: port, bytes: "GET / HTTP/1.1\r\nHost: h\r\n")
                await crowd.untilOneIsClosed()
                var answers: Set<String> = []
                for _ in 0..<3 {
                    let answer = try await call("POST", "tokens", #"{"user": "Anna", "scopes": ["profile:read"]}"#)
                    #expect(answer.status == 201)
                    #expect(!answer.body.contains("00000000-0000"))
                    answers.insert(answer.body)
                }
                #expect(answers.count == 3)
                #expect(try await call("GET", "tokens").status == 200)
                await crowd.close()
            }
        }
    }

    @Test func hubWithTooFewFiles_saysSo_andDoesNotStart() async throws {
        let result = try await Subprocess.run(
            .name("bash"),
            arguments: ["-c", "ulimit -n 64; exec strapline-hub serve --port 0 --database /nowhere/hub.sqlite"],
            environment: LimitedHub.environment, output: .discarded, error: .string(limit: 4096))
        #expect(result.terminationStatus == .exited(71))
        #expect(result.standardError.contains("ulimit -n"))
    }
}

/// `strapline-hub serve` with a limit of open files and some that it has inherited.
private enum LimitedHub {
    static let environment: Environment = {
        let tests = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        let programs = String(tests.prefix(upTo: tests.lastIndex(of: "/") ?? tests.startIndex))
        return .inherit.updating(["PATH": "\(programs):/usr/bin:/bin"])
    }()

    static func serve(
        openFiles: Int, inherited: Int, database: String, _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let script =
            "ulimit -n \(openFiles); for ((i = 0; i < \(inherited); i++)); do exec {file}</dev/null; done; "
            + "exec strapline-hub serve --port 0 --database \"$0\""
        _ = try await Subprocess.run(
            .name("bash"), arguments: ["-c", script, database], environment: environment, input: .none,
            output: .sequence, error: .discarded
        ) { execution in
            defer { try? execution.send(signal: .kill) }
            for try await line in execution.standardOutput.strings() {
                guard let port = line.filter({ !$0.isNewline }).split(separator: ":").last.flatMap({ Int($0) }) else {
                    continue
                }
                try await body(port)
                return
            }
            Issue.record("the hub did not start")
        }
    }
}
