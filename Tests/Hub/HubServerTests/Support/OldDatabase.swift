import FoundationEssentials
import GRDB
import HubAPI

@testable import HubStore

/// A database as the version before the right to consent left it: one user with a token of everything.
enum OldDatabase {
    /// Shaped as earlier versions issued them.
    static let token = "6f1c2d34-5e6f-4a1b-8c2d-3e4f5a6b7c8d"
    static let issuedAtMilliseconds: Int64 = 1_000

    static var tokenID: String { TokenHash(of: token).tokenID }

    /// Makes the file; `more` adds to it.
    static func make(_ path: String, _ more: (Database) throws -> Void = { _ in }) throws {
        let database = try DatabaseQueue(path: path)
        try HubSchema.migrator.migrate(database, upTo: "H3 redirects")
        try database.write { db in
            try db.execute(sql: "PRAGMA application_id = \(HubSchema.applicationID)")
            try db.execute(
                sql: """
                    INSERT INTO user (id, profile_id, name, created_at_ms)
                        VALUES (1, '000000000000000000000001', 'Anna', 0);
                    INSERT INTO token (hash, user_id, scopes, issued_at_ms) VALUES (?, 1, ?, ?);
                    """,
                arguments: [TokenHash(of: token).bytes, HubScope.all.joined(separator: " "), issuedAtMilliseconds])
            try more(db)
        }
        try database.close()
    }
}
