import GRDB

extension HubStoreError {
    /// Translates an error of SQLite or of the kernel.
    init(foreign error: any Error) {
        switch error {
        case let error as HubStoreError: self = error
        case let error as RandomnessError: self.init(.noRandomness, error.description)
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            self.init(.diskFull, "The disk with the hub's database is full (\(error)). Free some space on it.")
        case let error as DatabaseError where error.resultCode == .SQLITE_READONLY:
            self.init(
                .readOnly, "The hub's database cannot be written (\(error)). See whether its disk is mounted read-only."
            )
        default: self.init(.unavailable, "The hub's database failed: \(error)")
        }
    }
}
