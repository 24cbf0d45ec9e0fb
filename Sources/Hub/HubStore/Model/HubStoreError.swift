/// Why the hub's database did not do what it was asked to.
package struct HubStoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of trouble: stable, for programs.
    package enum Code: Sendable, Hashable {
        /// The file cannot be opened or created.
        case cannotOpen
        /// The file is a database of another program.
        case foreignDatabase
        /// The file was written by a newer version.
        case newerSchema
        /// No room is left on the disk.
        case diskFull
        /// The disk, or the file, may be read only.
        case readOnly
        /// The database failed in another way; it may succeed later.
        case unavailable
        /// The kernel gave no random bytes: nothing was issued.
        case noRandomness
        /// The administration was asked for something that cannot be: a scope that there is none of, a name of no letters.
        case invalidRequest
        /// The administration was asked about somebody or something that is not there.
        case notFound
        /// The administration was asked for something that is there already.
        case conflict
    }

    package let code: Code
    /// What happened and what to do next, in the words of SQLite where it was SQLite.
    package let description: String

    /// Whether it is what was asked for that is wrong, and not the database.
    package var isOfTheRequest: Bool {
        switch code {
        case .invalidRequest, .notFound, .conflict: true
        case .cannotOpen, .foreignDatabase, .newerSchema, .diskFull, .readOnly, .unavailable, .noRandomness: false
        }
    }

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
