import Glibc

/// Whether what is written to a descriptor goes straight into the journal of systemd.
public enum JournalStream {
    /// True when `$JOURNAL_STREAM` names the file that the descriptor is: it is inherited, and the output may have been led
    /// elsewhere since ([systemd.exec(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html)).
    public static func isJournal(_ descriptor: Int32, environment: [String: String]) -> Bool {
        guard let name = environment["JOURNAL_STREAM"] else { return false }
        var file = stat()
        return fstat(descriptor, &file) == 0 && name == "\(file.st_dev):\(file.st_ino)"
    }
}
