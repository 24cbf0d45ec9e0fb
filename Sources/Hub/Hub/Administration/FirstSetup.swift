/// A hub's first user with all that they need. The hub keeps hashes of the tokens, so this is the one time that they are seen.
public struct FirstSetup: Sendable, Hashable {
    public let user: User
    public let roomID: String
    /// Writes, to both APIs: for `strapline run`.
    public let uploaderToken: String
    /// Reads everything of the user's and of their rooms, for the page, `strapline watch` and `strapline room`; and may allow
    /// programs to read the same.
    public let readerToken: String
    /// Follows the user's heart rate and nothing else: it stands in the address of the overlay.
    public let overlayToken: String
    public let adminToken: String
}
