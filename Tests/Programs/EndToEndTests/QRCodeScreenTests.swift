import ProcessHarness
import Subprocess
import Testing

/// A phone reads a code only with its own colours, and with nothing else in its lines.
@Suite(.timeLimit(.minutes(10))) struct QRCodeScreenTests {
    private static let colours = "\r\n\u{1B}[38;5;16;48;5;231m"

    @Test func init_atATerminal_drawsTheCodeInItsColours() async throws {
        let stack = try await StackFixture()
        let place = ["--user", "anna", "--address", "http://127.0.0.1:8080", "--database"]
        let shown = try await stack.hub.converse(["init"] + place + [stack.file("new.sqlite")])
        #expect(shown.status.isSuccess && shown.output.contains(Self.colours), "\(shown.output)")
        #expect(!shown.output.contains(" [38;5;16"), "\(shown.output)")
        let dumb = try await stack.hub.converse(["init"] + place + [stack.file("other.sqlite")], terminal: "dumb")
        #expect(dumb.output.contains("██") && !dumb.output.contains("[38;5"), "\(dumb.output)")
    }

    @Test func login_atATerminal_drawsTheCodeInItsColours() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { hub, _ in
            let shown = try await stack.commands.converse(
                ["login", "pulsoid", "--address", hub.firstLine, "--output", stack.file("new.token")],
                ["Ctrl-C stops.": ProgramRunner.interrupt])
            #expect(shown.output.contains(Self.colours) && !shown.output.contains(" [38;5;16"), "\(shown.output)")
        }
    }
}
