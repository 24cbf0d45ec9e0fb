/// An error of the hub's database.
package struct HubStoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of error, for programs.
    package enum Code: Sendable, Hashable {
        /// The file cannot be opened or created.
        case cannotOpen
        /// The file is a database of another program.
        case foreignDatabase
        /// The file was written by a newer version.
        case newerSchema
        /// The disk is full.
        case diskFull
        /// The disk, or the file, is read-only.
        case readOnly
        /// The file was moved, replaced or deleted after it was opened.
        case vanished
        /// The database failed in another way; it may succeed later.
        case unavailable
        /// The servers of a shared database cannot be used now, during a failover for instance. Try again.
        case unreachable
        /// The kernel gave no random bytes: nothing was issued.
        case noRandomness
        /// The request is invalid: an unknown scope, an empty name.
        case invalidRequest
        /// The user, token, room or client does not exist.
        case notFound
        /// The user, client or file exists already.
        case conflict
    }

    /// A command that helps. The program words it, with the options of its own call.
    package enum Remedy: Sendable, Hashable {
        case addUser(named: String)
        case listUsers
        case createRoom(named: String)
        case listRooms
        case listTokens
        case listClients
        case listAdminTokens
    }

    package let code: Code
    package let remedy: Remedy?
    /// What happened, with the database's own text, and what to do next.
    package let description: String

    /// Whether the request caused the error, and not the database.
    package var isOfTheRequest: Bool {
        switch code {
        case .invalidRequest, .notFound, .conflict: true
        case .cannotOpen, .foreignDatabase, .newerSchema, .diskFull, .readOnly, .vanished, .unavailable: false
        case .unreachable, .noRandomness: false
        }
    }

    package init(_ code: Code, _ description: String, remedy: Remedy? = nil) {
        self.code = code
        self.remedy = remedy
        self.description = description
    }
}
