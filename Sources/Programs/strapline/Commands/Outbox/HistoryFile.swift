import Console
import Files
import Glibc

/// Where an exported history goes: a new file for this user only, or stdout.
struct HistoryFile {
    struct Failure: Error, CustomStringConvertible {
        let path: String?
        let code: Int32

        /// The reader of the pipe has closed it.
        var isReaderGone: Bool { path == nil && code == EPIPE }

        var description: String {
            let reason =
                code == EEXIST ? "is there already: move it away, or name another" : "cannot be written: \(words)"
            return "\(path ?? "stdout") \(reason)"
        }

        private var words: String { String(cString: strerror(code)) }
    }

    private let path: String?
    private let descriptor: Int32

    /// Makes the file; nil stands for stdout. One that is there is left alone.
    init(_ path: String?) throws(Failure) {
        self.path = path
        guard let path else {
            descriptor = StandardStream.output.rawValue
            return
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    }

    func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws(Failure) {
        do throws(DescriptorIO.Failure) {
            try DescriptorIO.write(bytes, to: descriptor)
        } catch {
            throw Failure(path: path, code: error.code)
        }
    }

    /// All that was written is on the disk afterwards, where it is a file.
    func close() throws(Failure) {
        guard path != nil else { return }
        guard fsync(descriptor) == 0, Glibc.close(descriptor) == 0 else { throw failure }
    }

    /// Leaves nothing half-written.
    func remove() {
        if let path { unlink(path) }
    }

    private var failure: Failure { Failure(path: path, code: errno) }
}
