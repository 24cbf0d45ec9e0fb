import Files
import Glibc
import TextFormats

/// A small file that holds a secret.
enum SecretContents {
    enum Failure: Error {
        /// With the `errno`.
        case unreadable(Int32)
        /// Larger than ``mostBytes``.
        case tooLarge
    }

    static let mostBytes = 8 * 1024

    static func read(_ path: String) throws(Failure) -> [UInt8] {
        // Not to wait for ever where the path is a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .unreadable(errno) }
        defer { close(file) }
        let bytes: [UInt8]
        do throws(DescriptorIO.Failure) {
            bytes = try DescriptorIO.read(from: file, limit: mostBytes + 1)
        } catch {
            throw .unreadable(error.code)
        }
        guard bytes.count <= mostBytes else { throw .tooLarge }
        return bytes
    }

    /// A warning about `subject`, the file at `path`, that other users can read or write it; nil if they cannot.
    static func warning(about subject: some CustomStringConvertible, at path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else {
            return nil
        }
        return "\(subject) can be read or written by other users: run chmod 600 \(path.quotedForShell)"
    }
}
