import SystemPackage

/// A file for this user only.
enum PrivateFile {
    /// Writes the text and returns the file's path.
    static func write(_ text: String, to path: FilePath) throws -> String {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
        return path.string
    }
}
