/// A terminal at which Ctrl-C ends the wait for an answer as the end of input does, so that the program can end in order.
struct InterruptibleTerminal: Terminal {
    let terminal: any Terminal

    var isInteractive: Bool { terminal.isInteractive }
    var rows: Int? { terminal.rows }

    func write(_ text: String) async { await terminal.write(text) }

    func readLine() async -> String? {
        try? await Interruption().cancelling { await terminal.readLine() }
    }

    func readSecret(_ prompt: String) async -> String? {
        try? await Interruption().cancelling { await terminal.readSecret(prompt) }
    }
}
