/// One of the demo's people: a strap on the chest, an account at the hub.
struct Performer: Sendable {
    let name: String
    let strapAddress: String
    let userID: Int64
    let profileID: String
    /// The file with the token that the uploader uses.
    let tokenFile: String
}
