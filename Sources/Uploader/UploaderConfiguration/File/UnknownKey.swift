import TextFormats

/// A key of a configuration file that nothing reads.
struct UnknownKey {
    let name: String
    let section: KeyTree

    /// Keys that hold a secret where people put it into the file.
    private static let secrets = [
        "token", "access_token", "accesstoken", "api_key", "apikey", "auth_token", "bearer", "secret",
        "password", "key",
    ]

    /// Words of other programs, and of other sections.
    private static let synonyms = [
        "url": ["address"], "uri": ["address"], "host": ["address"], "server": ["address"], "endpoint": ["address"],
        "broker": ["address"], "mac": ["address"], "kind": ["service"], "type": ["kind", "service"],
        "service": ["kind"], "output": ["kind"], "destination": ["service"], "file": ["path"], "filename": ["path"],
        "folder": ["path"], "directory": ["path"], "template": ["body", "text"], "username": ["user", "user_id"],
    ]

    var message: String {
        let isSecret = Self.secrets.contains(name.lowercased())
        if isSecret, let file = fileKey { return Self.secretInFile(file) }
        let shown = name.printable()
        if let meant { return "unknown key `\(shown)`. Did you mean `\(meant)`?" }
        let owners = Configuration.keyTree.owners(of: name)
        if !owners.isEmpty {
            let places = owners.prefix(3).map { "`\($0)`" }.joined(separator: " or ")
            return "unknown key `\(shown)` here. It belongs below \(places)"
        }
        if isSecret, name.lowercased() != "key" { return Self.secretInFile("token_file") + " below `destinations`" }
        return "unknown key `\(shown)`. The keys here are: \(section.keys.joined(separator: ", "))"
    }

    /// The key of this section that is meant; nil if that is not clear. A secret stands for no other value.
    var meant: String? {
        section.key(like: name) ?? Self.synonyms[name.lowercased()]?.first(where: section.keys.contains)
            ?? (Self.secrets.contains(name.lowercased()) ? nil : Spelling.suggestion(for: name, among: section.keys))
    }

    /// The key of this section that names a file with the secret.
    private var fileKey: String? {
        ["\(name.lowercased())_file", "token_file"].first { section.keys.contains($0) }
    }

    private static func secretInFile(_ key: String) -> String {
        let secret = key == "password_file" ? "password" : "token"
        return "\(secret)s don't go in this file: put the \(secret) into a file of its own (mode 600) and name that "
            + "file with `\(key)`"
    }
}
