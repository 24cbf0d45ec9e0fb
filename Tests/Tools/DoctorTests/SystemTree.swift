import FoundationEssentials
import Subprocess
import TestKit
import Testing

@testable import Doctor

/// A machine's `/sys`, `/etc` and `/usr`, made up by a test.
final class SystemTree: Sendable {
    private let directory = TemporaryDirectory()

    var files: SystemFiles { SystemFiles(root: directory.path) }

    func write(_ text: String, to path: String) throws {
        try makeFolder(of: path)
        try Data(text.utf8).write(to: URL(filePath: directory.path + path))
    }

    /// Puts a shell script there. Another process writes it: what this one has open for writing, a child that it starts
    /// elsewhere at that moment has open too, and then it cannot be executed.
    func install(script: String, at path: String) async throws {
        let result = try await Subprocess.run(
            .name("install"), arguments: ["-D", "-m", "755", "/dev/stdin", directory.path + path],
            input: .string("#!/bin/sh\n\(script)\n"), output: .discarded, error: .discarded)
        try #require(result.terminationStatus.isSuccess)
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
