import Glibc

/// Finds out whether a descriptor writes to the journal of systemd.
package enum JournalStream {
    /// True when `$JOURNAL_STREAM` names the descriptor's own file. A child process inherits the variable, and its
    /// output may go elsewhere
    /// ([systemd.exec(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html)).
    package static func isJournal(_ descriptor: Int32, environment: [String: String]) -> Bool {
        guard let name = environment["JOURNAL_STREAM"] else { return false }
        var file = stat()
        return fstat(descriptor, &file) == 0 && name == "\(file.st_dev):\(file.st_ino)"
    }
}
