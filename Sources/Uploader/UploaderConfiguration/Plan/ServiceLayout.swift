import FoundationEssentials
import Glibc

/// Where a setup keeps the configuration and the tokens.
package struct ServiceLayout: Equatable {
    /// Of the packaged service.
    package static let serviceConfiguration = "/etc/strapline/strapline.yaml"

    /// From the root.
    package let configuration: String
    /// The folder whose files systemd hands to the service as `token_…`; nil where there is none.
    package let credentialFolder: String?
    /// Where the service may write, for tokens that it renews; nil where there is no service.
    let stateFolder: String?

    /// `configuration`, else the service's for root, else the user's own.
    package init(configuration: String?, isRoot: Bool = geteuid() == 0, stateFolder: String = "/var/lib/strapline") {
        let path = configuration ?? (isRoot ? Self.serviceConfiguration : StrapEntry.userFolder + "/strapline.yaml")
        self.configuration = ConfigurationFile.absolute(path)
        let tokens = Self.folder(of: path) + "/tokens"
        let isService = Self.isFolder(tokens)
        credentialFolder = isService ? tokens : nil
        self.stateFolder = isService && Self.isFolder(stateFolder) ? stateFolder : nil
    }

    /// Where a new token of that name goes, and how the configuration names the place.
    package func token(named name: String, isRenewed: Bool) -> (path: String, entry: DestinationEntry.Token) {
        if isRenewed, let stateFolder {
            let path = "\(stateFolder)/\(name).token"
            return (path, .file(path))
        }
        if let credentialFolder { return ("\(credentialFolder)/\(name)", .credential("token_\(name)")) }
        let path = "\(Self.folder(of: configuration))/\(name).token"
        return (path, .file(path))
    }

    /// Whether the uploader may read a file there. The packaged service reads its own folder and the configuration's.
    package func isForUploader(_ path: String) -> Bool {
        guard let stateFolder, let credentialFolder else { return true }
        if path.hasPrefix(credentialFolder + "/") { return false }
        return [stateFolder, Self.folder(of: configuration)].contains { path.hasPrefix($0 + "/") }
    }

    /// Where systemd takes a credential from; nil for one that the packaged unit does not have.
    package func file(ofCredential name: String) -> String? {
        let prefix = "token_"
        guard let credentialFolder, name.hasPrefix(prefix) else { return nil }
        return "\(credentialFolder)/\(name.dropFirst(prefix.count))"
    }

    package static func folder(of path: String) -> String {
        URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path
    }

    private static func isFolder(_ path: String) -> Bool {
        var file = stat()
        return stat(path, &file) == 0 && file.st_mode & S_IFMT == S_IFDIR
    }
}
