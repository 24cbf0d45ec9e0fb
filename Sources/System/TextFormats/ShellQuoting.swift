extension String {
    /// One word of a shell's command, for a command that a user copies.
    package var quotedForShell: String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,=@%+")
        if !isEmpty, allSatisfy(plain.contains) { return self }
        return "'" + replacing("'", with: #"'\''"#) + "'"
    }
}
