import Postgres

extension HubStoreError {
    /// Translates an error of PostgreSQL.
    init(postgres error: any Error) {
        switch error {
        case let error as HubStoreError: self = error
        case let error as RandomnessError: self.init(.noRandomness, error.description)
        case let error as PostgresError where error.kind == .diskFull:
            self.init(.diskFull, "The disk of the hub's database is full: \(error).")
        case let error as PostgresError
        where error.code == .noStandby && error.detail.contains(PostgresServerState.withoutNames):
            self.init(
                .unreachable,
                "The hub's database cannot be used now: \(error). Name its standbys in that setting, or say "
                    + "--single-copy if one copy is enough.")
        case let error as PostgresError where error.kind == .unavailable || error.kind == .conflict:
            self.init(.unreachable, "The hub's database cannot be used now: \(error).")
        case let error as PostgresError where error.isRefusedLogin:
            self.init(.unreachable, "The hub's database cannot be used: \(error).")
        default: self.init(.unavailable, "The hub's database failed: \(error)")
        }
    }
}
