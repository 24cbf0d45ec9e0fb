import Files
import Glibc
import UploaderConfiguration

/// A file that a setup writes, and that the uploader reads as another user.
enum SetupFile {
    enum Access {
        /// For the owner and the group, who may not write: the configuration.
        case configuration
        /// For the owner alone: a token.
        case token
    }

    /// Replaces or makes the file. A new file gets the owner of its folder; the group of a configuration is that
    /// of the user of the service, where there is one and this is root.
    static func write(_ text: String, to path: String, _ access: Access) throws {
        let isNew = Glibc.access(path, F_OK) != 0
        StateDirectory.makeFolder(of: path)
        try FileReplacement.replace(path, with: text, isSecret: access == .token)
        guard isNew else { return }
        var folder = stat()
        guard stat(ServiceLayout.folder(of: path), &folder) == 0 else { return }
        var group = folder.st_gid
        if access == .configuration, let service = getgrnam("strapline") { group = service.pointee.gr_gid }
        // Only root may change owners; another user reads their own files.
        if geteuid() == 0 { chown(path, folder.st_uid, group) }
        if access == .configuration { chmod(path, 0o640) }
    }
}
