import Delivery
import DestinationHarness
import Pulsoid
import TestKit
import Testing
import Tokens

/// Each row of the table in docs/delivery.md, against a real socket.
@Suite(.timeLimit(.minutes(10))) struct PulsoidResponseTableTests {
    private static func error(_ status: Int, _ code: Int, _ message: String) -> AnswerRow.Deed {
        .answer(.json(status, #"{"error_code": "\#(code)", "error_message": "\#(message)"}"#))
    }

    private static let said = "{\"error_message\": \"no such luck\"}"

    static let rows: [AnswerRow] =
        [
            AnswerRow("200", .answer(StubAnswer(200)), .accepted),
            AnswerRow("200, `{}` or any text", .answer(.json(200, "{}")), .accepted),
            AnswerRow("200, a web page (captive portal)", .answer(.portal), .later, "with a web page"),
            AnswerRow(
                "302", .answer(StubAnswer(302, headers: [("Location", "https://login.example.net/")])), .later,
                "a redirection to https://login.example.net/"),
            AnswerRow("400", .answer(.json(400, said)), .refused, "no such luck"),
            AnswerRow("400, 6001", error(400, 6001, "unexpected"), .refused, "(6001)"),
            AnswerRow("400, 7001 to 7004", error(400, 7003, "error while validating token"), .later, "(7003)"),
            AnswerRow("400, 7005", error(400, 7005, "token_not_found"), .pause, "The token is not known there"),
            AnswerRow("400, 7011", error(400, 7011, "invalid_scope"), .pause, "data:heart_rate:write"),
            AnswerRow("401", .answer(StubAnswer(401)), .pause, "The token was not accepted"),
            AnswerRow("401, 7005", error(401, 7005, "token_not_found"), .pause, "The token is not known there"),
            AnswerRow("401, 7006", error(401, 7006, "token_expired"), .pause, "The token has expired"),
            AnswerRow(
                "401, 7008", error(401, 7008, "insufficient_scope"), .pause,
                "The token lacks the scope data:heart_rate:write"),
            AnswerRow("401, 7009", error(401, 7009, "not present"), .pause, "(7009)"),
            AnswerRow("401, 7010", error(401, 7010, "wrong format"), .pause, "(7010)"),
            AnswerRow(
                "402, 7007", error(402, 7007, "premium_required"), .pause, "Pulsoid asks for a paid plan"),
            AnswerRow("403", .answer(StubAnswer(403)), .pause, "The token was not accepted"),
            AnswerRow("403, 7006", error(403, 7006, "token_expired"), .pause, "The token has expired"),
            AnswerRow(
                "403, a web page (firewall)",
                .answer(StubAnswer(403, headers: [("Content-Type", "text/html")], body: "<html>blocked</html>")),
                .later,
                "with a web page"),
            AnswerRow("404", .answer(StubAnswer(404)), .later, "its API is not at this address"),
            AnswerRow("408", .answer(StubAnswer(408)), .later, "answered 408"),
            AnswerRow("409", .answer(.json(409, said)), .refused, "no such luck"),
            AnswerRow("412", .answer(.json(412, said)), .refused, "no such luck"),
            AnswerRow("413", .answer(.json(413, said)), .refused, "no such luck"),
            AnswerRow("415", .answer(.json(415, said)), .refused, "no such luck"),
            AnswerRow("422", .answer(.json(422, said)), .refused, "no such luck"),
            AnswerRow("429", .answer(StubAnswer(429, headers: [("Retry-After", "7")])), .later, "answered 429"),
            AnswerRow("500, 6001", error(500, 6001, "unexpected_server_error"), .later, "(6001)"),
            AnswerRow("500, 7001 to 7004", error(500, 7002, "error while validating token"), .later, "(7002)"),
            AnswerRow("503", .answer(StubAnswer(503)), .later, "answered 503"),
            AnswerRow("any other status", .answer(StubAnswer(418)), .later, "answered 418"),
        ] + AnswerRow.withoutAnAnswer

    @Test(arguments: rows) func deliver_whenTheServiceDoesThis_comesToWhatTheTableSays(row: AnswerRow) async throws {
        let outcome = try await row.deliver { address, token, client in
            try PulsoidDestination(
                name: "pulsoid", service: address, tokens: TokenProvider(source: .given(token)), client: client)
        }
        #expect(outcome.kind == row.outcome, "\(outcome)")
        #expect(outcome.reason.contains(row.words), "\(outcome)")
    }

    @Test func table_inTheDocumentation_isTheOneThatIsTried() throws {
        let tried = Self.rows.map(\.markdown)
        #expect(
            try AnswerRow.documented(of: "pulsoid") == tried,
            "the table should be:\n\(tried.joined(separator: "\n"))")
    }
}
