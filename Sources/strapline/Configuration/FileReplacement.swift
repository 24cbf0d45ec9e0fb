import Glibc

/// Replaces a file as a whole or not at all: whoever reads it sees the old one or the new one, also after a power cut.
enum FileReplacement {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path) cannot be written: \(reason)" }
    }

    /// Keeps owner and permissions of the file that is there; a new one is for this user only. A symbolic link stays, and
    /// what it points at is replaced.
    static func replace(_ path: String, with text: String) throws(Failure) {
        let target = realpath(path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let destination = target ?? path
        var template = Array((destination + ".XXXXXX").utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw failure(path) }
        let temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        do throws(Failure) {
            defer { close(file) }
            if target != nil { try copyOwnership(from: destination, to: file, path: path) }
            try write(Array(text.utf8), to: file, path: path)
            guard fsync(file) == 0, rename(temporary, destination) == 0 else { throw failure(path) }
        } catch {
            unlink(temporary)
            throw error
        }
        syncFolder(of: destination)
    }

    private static func copyOwnership(from original: String, to file: Int32, path: String) throws(Failure) {
        var old = stat()
        guard stat(original, &old) == 0 else { throw failure(path) }
        // The owner first: changing it may take permissions away.
        guard fchown(file, old.st_uid, old.st_gid) == 0, fchmod(file, old.st_mode & 0o7777) == 0 else {
            throw failure(path)
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32, path: String) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure(path) }
            rest = rest.dropFirst(written)
        }
    }

    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ path: String) -> Failure {
        Failure(path: path, reason: String(cString: strerror(errno)))
    }
}
