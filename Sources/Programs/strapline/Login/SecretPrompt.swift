import Glibc
import Tokens

/// Reads a secret from stdin: a line that is not shown where a person types it, else all of a pipe.
enum SecretPrompt {
    /// Nil when nothing comes. Ctrl-C throws `CancellationError`, and the terminal shows again what is typed.
    static func read(_ prompt: String) async throws -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return readPipe() }
        let terminal = StandardTerminal()
        return try await Interruption().cancelling { await terminal.readSecret(prompt) }
    }

    private static func readPipe() -> String? {
        var bytes = [UInt8](repeating: 0, count: TokenSource.mostBytes + 1)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes {
                Glibc.read(STDIN_FILENO, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if more < 0 && errno == EINTR { continue }
            guard more > 0 else { break }
            count += more
        }
        return count == 0 || count > TokenSource.mostBytes ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
