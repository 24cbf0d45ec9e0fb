import FoundationEssentials
import TestKit

@testable import strapline

/// A machine's `/sys`, `/etc` and `/usr`, made up by a test.
final class SystemTree: Sendable {
    private let directory = TemporaryDirectory()

    var files: SystemFiles { SystemFiles(root: directory.path) }

    func write(_ text: String, to path: String, isProgram: Bool = false) throws {
        try makeFolder(of: path)
        try Data(text.utf8).write(to: URL(filePath: directory.path + path))
        if isProgram {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path + path)
        }
    }

    func link(_ path: String, to target: String) throws {
        try makeFolder(of: path)
        try FileManager.default.createSymbolicLink(atPath: directory.path + path, withDestinationPath: target)
    }

    private func makeFolder(of path: String) throws {
        let folder = URL(filePath: directory.path + path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
}
