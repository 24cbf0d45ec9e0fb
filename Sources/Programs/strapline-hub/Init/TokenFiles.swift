import ArgumentParser
import Files
import Glibc
import HubStore

/// The files for the tokens of a new hub, which only this user can read (0600). They are created before the tokens,
/// so that errors appear before a change.
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

    /// Creates the folder if it is missing (0700). Never replaces a file.
    static func begin(folder: String) throws(CommandFailure) -> TokenFiles {
        if access(folder, F_OK) != 0, mkdir(folder, 0o700) != 0 {
            throw CommandFailure(
                "Cannot make the folder \(folder): \(String(cString: strerror(errno))).", exitCode: EX_CANTCREAT)
        }
        // An absolute path: the uploader may run in another folder.
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

    private static func begin(_ path: String) throws(CommandFailure) -> FileReplacement {
        guard access(path, F_OK) != 0 else {
            throw CommandFailure(
                "There is a file \(path) already. Name another folder with --tokens.", exitCode: EX_CANTCREAT)
        }
        do {
            return try FileReplacement.begin(path, isSecret: true)
        } catch {
            throw CommandFailure("\(error)", exitCode: EX_CANTCREAT)
        }
    }

    mutating func write(_ setup: HubBootstrap) throws {
        do {
            try uploader.commit(setup.uploaderToken + "\n")
            try reader.commit(setup.readerToken + "\n")
            try overlay.commit(setup.overlayToken + "\n")
            try admin.commit(setup.adminToken + "\n")
        } catch {
            throw CommandFailure(
                "\(error). The hub is set up; make the tokens that are missing with strapline-hub token issue and "
                    + "strapline-hub admin-token.", exitCode: EX_IOERR)
        }
    }
}
