import FoundationEssentials

/// The folder that holds Package.swift, for tests that read the project's own files.
package enum ProjectFolder {
    private static let url: URL = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while folder.path.count > 1,
            !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// The absolute path of `file`, a path within the project like `docs/delivery.md`.
    package static func path(_ file: String) -> String { url.appending(path: file).path }
}
