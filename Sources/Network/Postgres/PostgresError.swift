import TextFormats

/// Why PostgreSQL did not do what it should, as a sentence with the next step. Never shows a value or a password.
package struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case libraryMissing
        /// No server answered as one that takes connections.
        case unreachable
        /// Servers answered, and each is a standby.
        case noPrimary
        /// There is a primary, and no standby keeps a second copy.
        case noStandby
        /// An answer did not come by its deadline. The connection is closed: the statement may have run.
        case timedOut
        /// The connection broke. The statement may have run.
        case connectionLost
        /// There is no connection.
        case closed
        /// The commit was not confirmed by a standby: one disk has it, and a failover may lose it.
        case unconfirmed
        /// The server rejected a statement or a login.
        case server
        /// A value does not have the type that the program expects.
        case value
    }

    /// A caller's next step.
    package enum Kind: Sendable, Hashable {
        /// Two transactions were in each other's way: run it again.
        case conflict
        /// The server is away, or is not the primary any more: connect again, and repeat statements that may run twice.
        case unavailable
        /// Nothing can be written until the disk has space.
        case diskFull
        /// A row with this key exists.
        case uniqueViolation
        case other
    }

    package let code: Code
    /// Five characters of the server's own ("57P01"); see Appendix A of PostgreSQL's manual.
    package let sqlState: String?
    /// The server's, library's or system's own text; empty if there is none.
    package let detail: String

    package init(_ code: Code, _ detail: String = "", sqlState: String? = nil) {
        self.code = code
        self.sqlState = sqlState
        self.detail = detail
    }

    /// The server's refusal of a connection, in libpq's text with its SQLSTATE; nil for a text without one.
    init?(refusal text: String) {
        // libpq's own words for a server that wants a password.
        if text.contains("no password supplied") {
            self.init(.server, "no password supplied", sqlState: "28P01")
            return
        }
        // … failed: FATAL:  28P01: password authentication failed for user "hub"
        for line in text.split(separator: "\n") {
            guard let severity = line.firstRange(of: ":  ") else { continue }
            let words = line[severity.upperBound...]
            let state = words.prefix(5)
            guard state.utf8.count == 5, state.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isUppercase) }),
                words.dropFirst(5).hasPrefix(": ")
            else { continue }
            self.init(.server, String(words.dropFirst(7)).printable(scalars: 300), sqlState: String(state))
            return
        }
        return nil
    }

    /// Whether the server does not know the user, the password or the database.
    package var isRefusedLogin: Bool { sqlState.map { $0.hasPrefix("28") || $0 == "3D000" } ?? false }

    package var kind: Kind {
        switch code {
        case .unreachable, .noPrimary, .noStandby, .timedOut, .connectionLost, .closed, .unconfirmed: .unavailable
        case .libraryMissing, .value: .other
        case .server: sqlState.map { Self.kind(ofState: $0) } ?? .other
        }
    }

    private static func kind(ofState state: String) -> Kind {
        switch state {
        // deadlock, serialization failure, lock time-out
        case "40P01", "40001", "55P03": .conflict
        case "53100": .diskFull
        case "23505": .uniqueViolation
        // read-only server, idle transaction ended, out of memory, too many connections, cancelled, cannot connect now
        case "25006", "25P03", "53200", "53300", "57014", "57P01", "57P02", "57P03", "57P04", "57P05": .unavailable
        default: state.hasPrefix("08") ? .unavailable : .other
        }
    }

    package var description: String {
        let cause = detail.isEmpty ? "" : " (\(detail))"
        return switch code {
        case .libraryMissing:
            "PostgreSQL needs libpq, which is not installed\(cause). Run: sudo apt install libpq5"
        case .unreachable: "no server of the database can be reached\(cause). Check the address, and that one runs"
        case .noPrimary: "no server of the database is the primary\(cause). A failover takes some seconds"
        case .noStandby:
            "the primary has no synchronous standby\(cause). Nothing is accepted until one follows, because a "
                + "failover would lose it"
        case .timedOut: "the database did not answer in time\(cause)"
        case .connectionLost: "the connection to the database was lost\(cause)"
        case .closed: "there is no connection to the database\(cause)"
        case .unconfirmed: "no standby confirmed the write\(cause). It may be lost: send it again"
        case .server: serverText
        case .value: "a value from the database is not as expected: \(detail)"
        }
    }

    private var serverText: String {
        let state = sqlState.map { ", SQLSTATE \($0)" } ?? ""
        return "the database answered: \(detail)\(state)\(advice.map { ". \($0)" } ?? "")"
    }

    private var advice: String? {
        switch sqlState {
        case "28P01", "28000":
            "Check the user in the address, its password in ~/.pgpass or the file of PGPASSFILE (mode 0600), and the "
                + "server's pg_hba.conf"
        case "3D000": "Create the database, or correct its name in the address"
        case "42501": "Give the role the right with GRANT"
        case "53100": "Free disk space on the database server"
        case "53300": "Raise max_connections on the database server"
        default: nil
        }
    }
}
