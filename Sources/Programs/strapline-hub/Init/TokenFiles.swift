import ArgumentParser
import Console
import Files
import Glibc
import HubStore

/// The files for the tokens of a new hub, each readable by this user only (0600). They are made before the tokens,
/// because a failure must be found before a step that cannot be undone.
struct TokenFiles: ~Copyable {
    struct Paths {
        let uploader: String
        let reader: String
        let overlay: String
        let admin: String
    }

    let paths: Paths
    private var uploader: FileReplacement
    private var reader: FileReplacement
    private var overlay: FileReplacement
    private var admin: FileReplacement

    private init(
        paths: Paths, uploader: consuming FileReplacement, reader: consuming FileReplacement,
        overlay: consuming FileReplacement, admin: consuming FileReplacement
    ) {
        self.paths = paths
        self.uploader = uploader
        self.reader = reader
        self.overlay = overlay
        self.admin = admin
    }

    /// Makes the folder where it is missing (0700), and nothing in the place of a file that is there.
    static func begin(folder: String) throws(CommandError) -> TokenFiles {
        if access(folder, F_OK) != 0, mkdir(folder, 0o700) != 0 {
            throw CommandError(
                "Cannot make the folder \(folder): \(String(cString: strerror(errno))).", .cannotCreate)
        }
        // The uploader that uses them may run in another folder.
        let absolute = realpath(folder, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let base = (absolute ?? folder) + "/"
        let paths = Paths(
            uploader: base + "uploader.token", reader: base + "reader.token", overlay: base + "overlay.token",
            admin: base + "admin.token")
        return TokenFiles(
            paths: paths, uploader: try begin(paths.uploader), reader: try begin(paths.reader),
            overlay: try begin(paths.overlay), admin: try begin(paths.admin))
    }

    private static func begin(_ path: String) throws(CommandError) -> FileReplacement {
        guard access(path, F_OK) != 0 else {
            throw CommandError(
                "There is a file \(path) already. Name another folder with --tokens.", .cannotCreate)
        }
        do {
            return try FileReplacement.begin(path, isSecret: true)
        } catch {
            throw CommandError("\(error)", .cannotCreate)
        }
    }

    mutating func write(_ setup: HubBootstrap, _ hub: PrintedCommand) throws {
        do {
            try uploader.commit(setup.uploaderToken + "\n")
            try reader.commit(setup.readerToken + "\n")
            try overlay.commit(setup.overlayToken + "\n")
            try admin.commit(setup.adminToken + "\n")
        } catch {
            throw CommandError(
                "\(error). The hub is set up, but tokens are missing. Add them with another user: "
                    + hub.text(["init", "--again", "--user", "NAME", "--tokens", "FOLDER"]), .inputOutputError)
        }
    }
}
