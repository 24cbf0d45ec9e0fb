import Files
import Glibc
import TextFormats

/// Standard output and standard error, without buffers. Every write to standard output is checked.
///
/// | A write to standard output fails because | The program ends |
/// | --- | --- |
/// | the reader has closed the pipe (`EPIPE`) | silently, with 0: `strapline outbox export \| head` is no error |
/// | of anything else, such as a full disk | with the reason on standard error and 74 (`EX_IOERR`) |
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Makes a closed pipe an error of `write` instead of the program's end. Call it before the first write.
    package static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Prints text without control characters. JSON needs `jsonWithoutControls()` before. A failure of standard output
    /// ends the program.
    package func print(_ text: String) {
        write(text.printableLines() + "\n")
    }

    /// Writes text unchanged, for a program that moves the cursor. A failure of standard output ends the program.
    package func write(_ text: String) {
        do throws(OutputFailure) {
            try send(text)
        } catch {
            if self == .output { Self.end(after: error) }
        }
    }

    /// Writes text unchanged, for a caller that must undo something if the text cannot be shown.
    package func send(_ text: String) throws(OutputFailure) {
        do throws(DescriptorIO.Failure) {
            // A terminal, or a pipe that another program has made non-blocking, may take no more for a while.
            try DescriptorIO.write(Array(text.utf8), to: rawValue, waits: true)
        } catch {
            throw OutputFailure(code: error.code)
        }
    }

    /// Call it at the end of a program that has succeeded: some file systems report a failed write only when the file
    /// is closed.
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
