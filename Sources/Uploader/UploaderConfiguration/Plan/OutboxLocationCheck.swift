import FoundationEssentials

/// Where an outbox is, or will be: it is made at the first run, in a folder that is made too where that is permitted.
package struct OutboxLocationCheck {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Why this user cannot write an outbox there; nil when nothing stands in the way.
    package var obstacle: String? {
        let files = FileManager.default
        if files.fileExists(atPath: path) {
            return files.isWritableFile(atPath: path) ? nil : "the outbox \(path) may not be written by this user"
        }
        return files.isWritableFile(atPath: existingFolder)
            ? nil : "the folder \(existingFolder) for the outbox may not be written by this user"
    }

    /// The folder of the file, or the nearest one above it that is there.
    package var existingFolder: String {
        var folder = URL(filePath: path).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        return folder.path
    }
}
