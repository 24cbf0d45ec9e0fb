import Files
import Glibc
import TextFormats

/// Standard output and standard error: each write at once, past all buffers, and each write to standard output checked.
///
/// | What happens to a write to standard output | How the program ends |
/// | --- | --- |
/// | The reader of the pipe has gone (`EPIPE`) | silently, with 0, as `strapline outbox export \| head` wants it |
/// | Any other failure, such as a full disk | with the reason on standard error and 74 (`EX_IOERR`) |
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Makes a closed pipe an error of `write` instead of the program's end. Call it before the first print.
    package static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Keeps the numbers of standard streams that the caller has closed. Otherwise the next file or connection gets
    /// such a number, and with it every printed line. Writing to them fails as before. Call it before anything opens.
    package static func reserve() {
        while true {
            let descriptor = open("/dev/null", O_RDONLY)
            guard (0...error.rawValue).contains(descriptor) else {
                if descriptor >= 0 { Glibc.close(descriptor) }
                return
            }
        }
    }

    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Prints text without control characters; JSON needs `jsonWithoutControls()` before. A failure of standard output
    /// ends the program.
    package func print(_ text: String) {
        write(text.printableLines() + "\n")
    }

    /// Writes text as it is: for a program that moves the cursor itself. A failure of standard output ends the program.
    package func write(_ text: String) {
        do throws(OutputFailure) {
            try send(text)
        } catch {
            if self == .output { Self.end(after: error) }
        }
    }

    /// Writes text as it is, for a caller that has something to undo where it cannot be shown.
    package func send(_ text: String) throws(OutputFailure) {
        do throws(DescriptorIO.Failure) {
            // A terminal, or a pipe that another program has made non-blocking, may take no more for a while.
            try DescriptorIO.write(Array(text.utf8), to: rawValue, waits: true)
        } catch {
            throw OutputFailure(code: error.code)
        }
    }

    /// Call it at the end of a successful program: some file systems report a failed write only at close.
    package static func close() {
        let isReported = Glibc.close(output.rawValue) == 0 || errno == EBADF || errno == EINTR
        if !isReported { end(after: OutputFailure(code: errno)) }
    }

    /// Ends the program as the table above says.
    package static func end(after failure: OutputFailure) -> Never {
        if failure.isReaderGone { exit(0) }
        let program = CommandLine.arguments.first?.split(separator: "/").last ?? "strapline"
        StandardStream.error.print("\(program): \(failure)")
        exit(EX_IOERR)
    }
}
