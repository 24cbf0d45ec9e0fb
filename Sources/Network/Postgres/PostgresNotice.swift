/// A message that the server sends beside the answer to a statement.
package struct PostgresNotice: Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable, Comparable, CaseIterable {
        case debug = "DEBUG"
        case log = "LOG"
        case info = "INFO"
        case notice = "NOTICE"
        case warning = "WARNING"

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package let severity: Severity
    package let sqlState: String?
    package let text: String

    package var description: String { "\(severity.rawValue): \(text)" }
}

/// A message of `NOTIFY`, as a connection that listens receives it.
package struct PostgresNotification: Sendable, Hashable {
    package let channel: String
    package let payload: String
    /// Of the server's process that sent it.
    package let processID: Int

    package init(channel: String, payload: String, processID: Int) {
        self.channel = channel
        self.payload = payload
        self.processID = processID
    }
}
