// Its sources may be cancelled from anywhere, but are not marked as Sendable.
@preconcurrency import Dispatch
import Glibc

/// The terminal that the program was started from.
package actor StandardTerminal: Terminal {
    package nonisolated let isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    /// Read from the first question on: earlier input is for the shell, or an accident.
    private lazy var lines = Self.typedLines()

    package init() {}

    package nonisolated var rows: Int? {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        return isKnown ? Int(size.ws_row) : nil
    }

    package nonisolated var columns: Int? { isInteractive ? StandardStream.output.columns : nil }

    package nonisolated func write(_ text: String) { StandardStream.output.write(text) }

    /// The wait for a line cannot be taken up again once it was cancelled: then the program is about to end.
    package func readLine() async -> String? {
        for await line in lines { return line }
        return nil
    }

    /// Cancel the task on an interruption: it restores the terminal.
    package func readSecret(_ prompt: String) async -> String? {
        var settings = termios()
        tcgetattr(STDIN_FILENO, &settings)
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
            write("\n")
        }
        write(prompt)
        return await readLine()
    }

    /// A terminal gives its input a line at a time.
    private static func typedLines() -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        guard isatty(STDIN_FILENO) == 1 else {
            continuation.finish()
            return lines
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO)
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            guard count > 0 else { return continuation.finish() }
            let line = String(decoding: buffer[..<count], as: UTF8.self)
            continuation.yield(line.filter { !$0.isNewline })
        }
        continuation.onTermination = { _ in source.cancel() }
        source.activate()
        return lines
    }
}
