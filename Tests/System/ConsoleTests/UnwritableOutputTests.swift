import Subprocess
import TestKit
import Testing

/// The programs with an unwritable standard output: a full disk, a closed descriptor, a closed pipe.
@Suite(.timeLimit(.minutes(10))) struct UnwritableOutputTests {
    private let directory = TemporaryDirectory()

    private static let commands = [
        "strapline --help", "strapline help run", "strapline --version", "strapline decode 0048",
        "strapline --generate-completion-script bash", "strapline status --json", "strapline-hub --help",
        "strapline-hub --version", "strapline-hub user add Anna --database $D/other.sqlite",
        "strapline-hub user list --database $D/hub.sqlite --json",
        "strapline-hub backup $D/copy.sqlite --database $D/hub.sqlite",
    ]

    private static let secrets = [
        "token issue --user 1 --scope data:heart_rate:write", "token issue --user 1 --scope profile:read --json",
        "admin-token", "admin-token issue --name x --json", "client add Overlay --secret", "init --user Ben --again",
        "init --user Ben --again --json",
    ]

    @Test(arguments: commands) func command_whenTheDiskIsFull_endsWith74AndTheReason(command: String) async throws {
        let ended = try await shell("\(command) >/dev/full")
        #expect(ended.code == 74, "\(ended)")
        #expect(ended.error.contains("No space left on device"), "\(ended)")
    }

    @Test func command_whenStandardOutputIsClosed_endsWith74() async throws {
        let ended = try await shell("strapline decode 0048 >&-")
        #expect(ended.code == 74 && ended.error.contains("Bad file descriptor"), "\(ended)")
    }

    @Test(arguments: commands) func command_whenTheReaderHasGone_endsSilently(command: String) async throws {
        let ended = try await shell("exec 4> >(exit 0); wait $!; \(command) >&4")
        #expect(ended.code == 0 || command.contains("status"), "\(ended)")
        #expect(ended.error.isEmpty, "\(ended)")
    }

    @Test(arguments: secrets) func secret_whenItCannotBeShown_isTakenBack(command: String) async throws {
        let hub = "--database $D/hub.sqlite"
        let state = """
            for list in "user list" "token list" "admin-token list" "client list" "room list"; do
              strapline-hub $list \(hub)
            done
            """
        let before = try await shell(state)
        for output in [">/dev/full", ">&-", ">&4"] {
            let ended = try await shell("exec 4> >(exit 0); wait $!; strapline-hub \(command) \(hub) \(output)")
            #expect(ended.code == 74, "\(ended)")
            #expect(ended.error.contains("was revoked"), "\(ended)")
            #expect(try await shell(state).output == before.output)
        }
        #expect(try await shell("strapline-hub \(command) \(hub)").code == 0)
    }

    private struct Ended {
        let code: Int32
        let output: String
        let error: String
    }

    /// Runs a script, with a hub's database in `$D` that has one user.
    private func shell(_ script: String) async throws -> Ended {
        let tests = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        let programs = String(tests.prefix(upTo: tests.lastIndex(of: "/") ?? tests.startIndex))
        let setUp = """
            export PATH=\(programs):$PATH D='\(directory.path)'
            export XDG_RUNTIME_DIR="$D" HOME="$D"
            [ -e $D/hub.sqlite ] || strapline-hub user add Zoe --database $D/hub.sqlite >$D/setup
            """
        let result = try await Subprocess.run(
            .name("bash"), arguments: ["-c", setUp + "\n" + script], output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        guard case .exited(let code) = result.terminationStatus else {
            return Ended(code: -1, output: result.standardOutput, error: result.standardError)
        }
        return Ended(code: code, output: result.standardOutput, error: result.standardError)
    }
}
