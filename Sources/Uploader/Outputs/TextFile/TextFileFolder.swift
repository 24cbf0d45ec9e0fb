import FoundationEssentials
import Glibc

/// The folder of a text file, which a replacement of the file needs to be able to write to.
struct TextFileFolder {
    let path: String

    /// Why no text file can have this path, with the fix; nil if nothing stands in the way.
    static func problem(ofFile path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return "\(path) is a folder. Name a file in it, such as \(path)/heart-rate.txt"
    }

    /// Why this user cannot write there, with the fix; nil if nothing stands in the way.
    var problem: String? {
        let existing = nearestExisting
        var status = stat()
        if stat(existing, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
            return "\(existing) is no folder. Name a file in another folder"
        }
        guard access(existing, W_OK | X_OK) != 0 else { return nil }
        let reason = String(cString: strerror(errno))
        return "the folder \(existing) cannot be written: \(reason). Name a file in another folder, or change its owner"
    }

    /// The folder, or the nearest one above it that is there.
    private var nearestExisting: String {
        var folder = URL(filePath: path)
        while access(folder.path, F_OK) != 0, folder.path != "/" { folder.deleteLastPathComponent() }
        return folder.path
    }
}
