import Files
import FoundationEssentials

extension StateDirectory {
    /// Makes the folder of a file, for this user only. Where that cannot be, the outbox says so, and what to do.
    static func makeFolder(of file: String) {
        let folder = URL(filePath: file).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
