import ArgumentParser
import Console
import Glibc
import Setup

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show the log of the packaged service.",
        discussion: """
            It calls journalctl: q ends its pager, Ctrl-C ends --follow.

              strapline logs --follow
              strapline logs --since yesterday

            Times: \(PointInTime.forms).
            """)

    @Flag(name: [.customShort("f"), .long], help: "Wait for new lines and show them.") var follow = false
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("The most lines to show.", valueName: "count"))
    var lines: Int?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Only lines of this time or later.", valueName: "time"),
        transform: PointInTime.option)
    var since: PointInTime?

    func validate() throws {
        if let lines, lines < 1 { throw ValidationError("--lines must be at least 1.") }
    }

    func run() async throws {
        guard await Systemctl.hasUnit() else {
            throw CommandError(
                "there is no service \(Systemctl.unit) here. An uploader that you start with `strapline run` writes "
                    + "its log to its own terminal", .unavailable)
        }
        // journalctl takes the place of this program: its pager and Ctrl-C are its own.
        var words: [UnsafeMutablePointer<CChar>?] = (["journalctl"] + arguments).map { strdup($0) }
        words.append(nil)
        execvp("journalctl", words)
        throw CommandError(
            "journalctl cannot be started: \(String(cString: strerror(errno))). Look for the log of "
                + "\(Systemctl.unit) where this system keeps its logs", .unavailable)
    }

    /// For journalctl. Without a choice the last lines, as `systemctl status` shows them.
    var arguments: [String] {
        let count = lines ?? (since == nil ? 200 : nil)
        return ["--unit=\(Systemctl.unit)"] + (count.map { ["--lines=\($0)"] } ?? [])
            + (since.map { ["--since=@\($0.milliseconds / 1000)"] } ?? []) + (follow ? ["--follow"] : [])
    }
}
