/// A new hub's first user, room and tokens. The hub keeps hashes of the tokens, so they are visible only now.
package struct HubBootstrap: Sendable, Hashable {
    package let user: User
    package let roomID: String
    /// Writes, to both APIs: for `strapline run`.
    package let uploaderToken: String
    /// Reads all data of the user and of the user's rooms: for the page, `strapline watch` and `strapline room`. It may
    /// allow programs to read the same.
    package let readerToken: String
    /// Reads only the user's heart rate: it is part of the overlay's address.
    package let overlayToken: String
    package let adminToken: String
}
