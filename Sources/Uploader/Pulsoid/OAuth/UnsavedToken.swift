import Tokens

/// A renewed token that the disk did not take: the old pair is spent, so that this one is used from memory.
struct UnsavedToken {
    let token: StoredToken
    /// The refresh token that it was bought with.
    let spent: AccessToken
    let path: String
    /// When it was tried to be written last.
    var triedAt: Duration

    /// Whether the file still holds the spent pair, and not one that a person has put there meanwhile.
    func replaces(_ stored: StoredToken) -> Bool { stored.refresh == spent }
}
