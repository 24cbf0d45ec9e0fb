import Console
import Files
import Glibc

/// Where an exported history goes: a new file for this user only, or stdout.
struct HistoryFile {
    struct Failure: Error, Equatable, CustomStringConvertible {
        let path: String?
        let code: Int32

        /// The reader of the pipe has closed it.
        var isReaderGone: Bool { path == nil && code == EPIPE }

        var description: String {
            let reason =
                switch code {
                case EEXIST: "is there already: move it away, or name another"
                case EISDIR: "is a folder: name a new file in it"
                default: "cannot be written: \(words)"
                }
            return "\(path ?? "stdout") \(reason)"
        }

        private var words: String { String(cString: strerror(code)) }
    }

    private enum Form {
        /// Stdout, a pipe or a device: it was there before.
        case stream
        /// A file that gets its name when it is complete: whatever ends the program leaves no half of it.
        case unnamed
        /// The same on a file system that has no such files.
        case named
    }

    /// Linux: a file without a name, in a folder.
    private static let unnamedFile = 0o20_000_000 | O_DIRECTORY

    /// The file of an option `--output`: `-` stands for stdout, as in other programs.
    static func path(ofOption output: String?) -> String? {
        output.flatMap { ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].contains($0) ? nil : $0 }
    }

    private let path: String?
    private let descriptor: Int32
    private let form: Form

    /// Makes the file; nil stands for stdout. One that is there is left alone; a pipe is written to.
    init(_ path: String?) throws(Failure) {
        self.path = path
        guard let path else {
            (descriptor, form) = (StandardStream.output.rawValue, .stream)
            return
        }
        var (own, target) = (stat(), stat())
        if lstat(path, &own) == 0 {
            let type = stat(path, &target) == 0 ? target.st_mode & S_IFMT : S_IFREG
            guard type != S_IFDIR else { throw Failure(path: path, code: EISDIR) }
            guard type == S_IFIFO || type == S_IFCHR else { throw Failure(path: path, code: EEXIST) }
            (descriptor, form) = (open(path, O_WRONLY | O_CLOEXEC), .stream)
        } else if let unnamed = Self.unnamed(in: path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".") {
            (descriptor, form) = (unnamed, .unnamed)
        } else {
            (descriptor, form) = (open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600), .named)
        }
        guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    }

    private static func unnamed(in folder: String) -> Int32? {
        let descriptor = open(folder, O_WRONLY | unnamedFile | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        if access(place(of: descriptor), F_OK) == 0 { return descriptor }
        Glibc.close(descriptor)
        return nil
    }

    /// Through which it gets its name.
    private static func place(of descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

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
        guard let path else { return }
        guard form == .stream || fsync(descriptor) == 0 else { throw failure }
        if form == .unnamed {
            let code = linkat(AT_FDCWD, Self.place(of: descriptor), AT_FDCWD, path, AT_SYMLINK_FOLLOW)
            guard code == 0 else { throw failure }
        }
        guard Glibc.close(descriptor) == 0 else { throw failure }
    }

    /// Leaves nothing half-written.
    func remove() {
        if let path, form == .named { unlink(path) }
    }

    private var failure: Failure { Failure(path: path, code: errno) }
}
