import FoundationEssentials

/// A row of a table of answers in docs/delivery.md: a service's behaviour, and its outcome.
package struct AnswerRow: Sendable, CustomStringConvertible {
    /// The behaviour of a real socket.
    package enum Deed: Sendable {
        case answer(StubAnswer)
        /// Sends the beginning of an answer and closes the connection, with or without a reset.
        case breakOff(after: String, isReset: Bool)
        case send(String)
        case silence
        /// The port does not listen.
        case deaf
        /// The name does not resolve.
        case nameless
        /// The server does not speak TLS, though the client does.
        case noTLS
    }

    /// The four outcomes in the words of the table, with the state in `strapline status`.
    package enum Outcome: String, Sendable {
        case accepted, later = "try later", refused = "set aside", pause

        var shown: String {
            switch self {
            case .accepted: "`delivering`"
            case .later: "`retrying`"
            case .refused: "`rejecting`, and one more set aside"
            case .pause: "`paused`"
            }
        }
    }

    package let name: String
    package let deed: Deed
    package let outcome: Outcome
    /// A part of the reason in the log and in `status`; empty where there is none.
    package let words: String

    package init(_ name: String, _ deed: Deed, _ outcome: Outcome, _ words: String = "") {
        self.name = name
        self.deed = deed
        self.outcome = outcome
        self.words = words
    }

    /// The row in the form of the table.
    package var markdown: String {
        "| \(name) | \(outcome.rawValue) | \(words.isEmpty ? "" : "… \(words) …") | \(outcome.shown) |"
    }

    package var description: String { name }

    /// Calls `body` with an address that behaves in this way.
    package func meet<Result: Sendable>(_ body: @Sendable (_ url: String) async throws -> Result) async throws -> Result
    {
        switch deed {
        case .deaf:
            let deaf = DeafPort()
            defer { withExtendedLifetime(deaf) {} }
            return try await body(StubServer(port: deaf.port).url)
        case .nameless: return try await body("http://strapline.invalid")
        default:
            return try await StubServer.run { [deed] connection in
                while try await Self.act(deed, on: connection) {}
            } during: { server in
                if case .noTLS = deed { return try await body("https://localhost:\(server.port)") }
                return try await body(server.url)
            }
        }
    }

    /// Whether the connection stays open.
    private static func act(_ deed: Deed, on connection: StubConnection) async throws -> Bool {
        if case .noTLS = deed {
            guard try await connection.read(1) != nil else { return false }
            try await connection.answer(StubAnswer(400))
            return false
        }
        guard try await connection.request() != nil else { return false }
        switch deed {
        case .answer(let answer):
            try await connection.answer(answer)
            return true
        case .breakOff(let beginning, let isReset):
            if !beginning.isEmpty { try await connection.send(beginning) }
            if isReset { try await connection.reset() }
        case .send(let text): try await connection.send(text)
        case .silence: try await connection.untilClosed()
        case .deaf, .nameless, .noTLS: break
        }
        return false
    }

    /// The rows of the table below `<!-- answers: service -->` in docs/delivery.md, without its head.
    package static func documented(of service: String) throws -> [String] {
        let lines = try String(contentsOfFile: ProjectFolder.path("docs/delivery.md"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let mark = lines.firstIndex(of: "<!-- answers: \(service) -->") else { return [] }
        let table = lines[(mark + 1)...].drop { $0.isEmpty }.prefix { $0.hasPrefix("|") }
        return Array(table.dropFirst(2))
    }

    /// The rows that hold for every service, before it answers in its own format.
    package static let withoutAnAnswer: [AnswerRow] = [
        AnswerRow("no answer in time", .silence, .later, "did not answer in time"),
        AnswerRow(
            "reset in the middle of the answer", .breakOff(after: "HTTP/1.1 200 OK\r\nContent-Le", isReset: true),
            .later, "closed the connection before its answer was complete"),
        AnswerRow(
            "closed before the answer", .breakOff(after: "", isReset: false), .later,
            "closed the connection before its answer was complete"),
        AnswerRow(
            "half an answer", .breakOff(after: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", isReset: false),
            .later, "closed the connection before its answer was complete"),
        AnswerRow("not HTTP", .send("SSH-2.0-OpenSSH_9.2\r\n"), .later, "did not answer in HTTP"),
        AnswerRow(
            "more than 64 KiB", .answer(StubAnswer(200, body: String(repeating: "x", count: 100_000))), .later,
            "too large to be its own"),
        AnswerRow("connection refused", .deaf, .later, "is the service running, and the port right?"),
        AnswerRow("name not found (DNS)", .nameless, .later, "leads to no address"),
        AnswerRow("no TLS, or an untrusted certificate", .noTLS, .later, "No secure connection"),
    ]
}
