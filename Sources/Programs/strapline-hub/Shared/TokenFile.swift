import Console
import Files
import Glibc

/// A file for one token, which only this user can read (0600).
enum TokenFile {
    /// The text of a file, without the line break at its end; nil if there is no file.
    static func text(_ path: String) throws(CommandError) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw CommandError("Cannot read \(path): \(String(cString: strerror(errno))).", .noInput)
        }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &buffer, buffer.count)
        guard count >= 0 else {
            throw CommandError("Cannot read \(path): \(String(cString: strerror(errno))).", .noInput)
        }
        return String(String(decoding: buffer[..<count], as: UTF8.self).prefix { !$0.isNewline })
    }

    static func write(_ token: String, to path: String) throws(CommandError) {
        do {
            var file = try FileReplacement.begin(path, isSecret: true)
            try file.commit(token + "\n")
        } catch {
            throw CommandError("\(error)", .cannotCreate)
        }
    }
}
