import Console
import Files
import Glibc
import Tokens

/// Reads a secret from stdin: a hidden line at a terminal, else all of a pipe.
package enum SecretPrompt {
    /// Nil without input. Ctrl-C throws `CancellationError`, and the terminal echoes again.
    package static func read(_ prompt: String) async throws -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return readPipe() }
        let terminal = StandardTerminal()
        return try await Interruption().cancelling { await terminal.readSecret(prompt) }
    }

    private static func readPipe() -> String? {
        let bytes = (try? DescriptorIO.read(from: STDIN_FILENO, limit: TokenSource.mostBytes + 1)) ?? []
        return bytes.isEmpty || bytes.count > TokenSource.mostBytes ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
