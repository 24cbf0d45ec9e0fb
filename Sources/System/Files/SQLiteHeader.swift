/// The beginning of a SQLite file, judged without SQLite: opening the file would change its journal and its mode.
package enum SQLiteHeader {
    package enum Content: Sendable, Hashable {
        /// Nothing, or a database without tables.
        case none
        case own
        case otherDatabase
        /// No SQLite database, or one whose first bytes are damaged.
        case otherFile
    }

    /// What ``content(_:applicationID:)`` looks at.
    package static let byteCount = 105

    private static let magic = Array("SQLite format 3\0".utf8)
    private static let applicationIDBytes = 68..<72
    /// Of the tree of the schema, behind the header: a page with entries and without branches.
    private static let pageType = 100
    private static let leafPage: UInt8 = 0x0D
    private static let entryCount = 103..<105

    /// Judges the first bytes of a file for the program with an `applicationID`.
    package static func content(_ start: some Collection<UInt8>, applicationID: Int64) -> Content {
        let start = Array(start)
        if start.isEmpty { return .none }
        guard start.count >= byteCount, start.starts(with: magic) else { return .otherFile }
        if start[applicationIDBytes].reduce(0, { $0 << 8 | Int64($1) }) == applicationID { return .own }
        let isWithoutTables = start[pageType] == leafPage && start[entryCount].allSatisfy { $0 == 0 }
        return isWithoutTables ? .none : .otherDatabase
    }
}
