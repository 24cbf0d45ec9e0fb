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

    var message: String {
        if section.keys.contains("token_file"), Self.secrets.contains(name.lowercased()) {
            return
                "tokens don't go in this file: put the token into a file of its own (mode 600) and name that file "
                + "with `token_file`"
        }
        let nearest = Spelling.nearest(to: name, among: section.keys) ?? ""
        return "unknown key `\(name.printable())`. Did you mean `\(nearest)`?"
    }
}
