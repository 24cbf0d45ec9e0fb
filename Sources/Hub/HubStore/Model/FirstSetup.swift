/// A hub's first user with all that they need. The hub keeps hashes of the tokens, so this is the one time that they are seen.
package struct FirstSetup: Sendable, Hashable {
    package let user: User
    package let roomID: String
    /// Writes, to both APIs: for `strapline run`.
    package let uploaderToken: String
    /// Reads everything of the user's and of their rooms, for the page, `strapline watch` and `strapline room`; and may allow
    /// programs to read the same.
    package let readerToken: String
    /// Follows the user's heart rate and nothing else: it stands in the address of the overlay.
    package let overlayToken: String
    package let adminToken: String
}
