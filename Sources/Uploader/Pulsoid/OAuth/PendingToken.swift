import Tokens

/// A renewed token that could not be written to the disk. The old pair is spent, so this one is used from memory.
struct PendingToken {
    let token: StoredToken
    /// The refresh token that it was bought with.
    let spent: AccessToken
    let path: String
    /// When it was tried to be written last.
    var triedAt: Duration

    /// Whether the file still holds the spent pair, and not a newer one from the user.
    func replaces(_ stored: StoredToken) -> Bool { stored.refresh == spent }
}
