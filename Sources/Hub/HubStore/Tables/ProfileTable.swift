/// The rows of `profile`: the own settings of users.
enum ProfileTable {
    /// Nil if it is not set.
    static func maximumHeartRate(ofUser userID: Int64, _ db: any SQLSession) throws -> Int? {
        try db.row("SELECT max_heart_rate FROM profile WHERE user_id = ?1", userID).flatMap { try $0[0] }
    }

    static func setMaximumHeartRate(_ rate: Int?, ofUser userID: Int64, _ db: any SQLSession) throws {
        try db.execute(
            """
            INSERT INTO profile (user_id, max_heart_rate) VALUES (?1, ?2)
            ON CONFLICT (user_id) DO UPDATE SET max_heart_rate = excluded.max_heart_rate
            """, userID, rate)
    }

    /// Whether the token is the user's own, which may allow programs: such a token may change the profile.
    static func isOwners(_ token: TokenHash, _ db: any SQLSession) throws -> Bool {
        try db.row("SELECT 1 FROM token WHERE hash = ?1 AND may_consent = 1", token.bytes) != nil
    }
}
