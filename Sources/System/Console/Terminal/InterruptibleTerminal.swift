/// A terminal at which Ctrl-C ends the wait for an answer, as the end of input does.
package struct InterruptibleTerminal: Terminal {
    package let terminal: any Terminal

    package init(terminal: any Terminal) {
        self.terminal = terminal
    }

    package var isInteractive: Bool { terminal.isInteractive }
    package var rows: Int? { terminal.rows }
    package var columns: Int? { terminal.columns }

    package func write(_ text: String) async { await terminal.write(text) }

    package func readLine() async -> String? {
        try? await Interruption().cancelling { await terminal.readLine() }
    }

    package func readSecret(_ prompt: String) async -> String? {
        try? await Interruption().cancelling { await terminal.readSecret(prompt) }
    }
}
