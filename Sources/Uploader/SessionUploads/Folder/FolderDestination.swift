import Destinations
import EventThread
import Files
import FoundationEssentials
import Glibc
import Recordings

/// Writes each session into a file of a folder. A file is there as a whole or not at all, also after a power cut, and
/// the same session has the same name and bytes.
struct FolderDestination: SessionDestination {
    /// This user, and the folder's group: a program that copies the files may be another user.
    private static let mode: mode_t = 0o640

    let format: RecordingFormat
    private let folder: String
    private let writer = BlockingWork(name: "sessions")

    init(_ settings: SessionDestinationSettings) {
        format = SessionFormatOption.format(settings.options)
        folder = settings.options.text(FolderKind.path) ?? ""
    }

    func upload(_ file: SessionFile) async -> SessionUploadOutcome {
        let path = "\(folder)/\(file.name)"
        do {
            try await writer.perform {
                var replacement = try FileReplacement.begin(path, modeOfNewFile: Self.mode)
                try replacement.commit(file.bytes)
            }
            return .uploaded(id: file.name)
        } catch let error as FileReplacement.Failure {
            return .tryLater(after: nil, reason: Self.problem(with: folder) ?? "\(error)")
        } catch {
            return .tryLater(after: nil, reason: "\(path) cannot be written: \(error)")
        }
    }

    /// Why nothing can be written to the folder, with the fix.
    static func problem(with folder: String) -> String? {
        var status = stat()
        guard stat(folder, &status) == 0 else {
            let reason = String(cString: strerror(errno))
            return "The folder \(folder) cannot be used: \(reason). Make it, or mount its disk."
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "\(folder) is no folder: correct `path`." }
        guard access(folder, W_OK | X_OK) == 0 else {
            return "The folder \(folder) may not be written by this user. The packaged service may write below "
                + "/var/lib/strapline, and where ReadWritePaths= of its unit allows it."
        }
        return nil
    }
}
