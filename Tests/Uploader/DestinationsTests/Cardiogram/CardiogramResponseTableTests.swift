import Delivery
import DestinationHarness
import Destinations
import TestKit
import Testing
import Tokens

/// Each row of the table in docs/delivery.md, against a real socket.
@Suite(.timeLimit(.minutes(10))) struct CardiogramResponseTableTests {
    private static func message(_ status: Int, _ text: String = "no such luck") -> AnswerRow.Deed {
        .answer(.json(status, #"{"message": "\#(text)"}"#))
    }

    static let rows: [AnswerRow] =
        [
            AnswerRow("200, `{\"success\": true}`", .answer(.json(200, #"{"success": true}"#)), .accepted),
            AnswerRow("200, `{}` (older versions)", .answer(.json(200, "{}")), .accepted),
            AnswerRow(
                "200, `{\"success\": false}`", .answer(.json(200, #"{"success": false}"#)), .later,
                "does not say that the beats are saved"),
            AnswerRow(
                "200, nothing, or no JSON", .answer(StubAnswer(200, body: "OK")), .later,
                "does not say that the beats are saved"),
            AnswerRow("200, a web page (captive portal)", .answer(.portal), .later, "with a web page"),
            AnswerRow(
                "302", .answer(StubAnswer(302, headers: [("Location", "https://login.example.net/")])), .later,
                "a redirection to https://login.example.net/"),
            AnswerRow("400, `Malformed input.`", message(400, "Malformed input."), .refused, "Malformed input."),
            AnswerRow(
                "400, `Heart rates contain negative value.`", message(400, "Heart rates contain negative value."),
                .refused, "Heart rates contain negative value."),
            AnswerRow(
                "400, `Timestamps ('start' or 'end') are not in UNIX seconds`",
                message(400, "Timestamps ('start' or 'end') are not in UNIX seconds"), .refused,
                "are not in UNIX seconds"
            ),
            AnswerRow(
                "400, `User does not exist.`", message(400, "User does not exist."), .pause,
                "Check the user in the configuration"),
            AnswerRow("400, other words", message(400), .refused, "no such luck"),
            AnswerRow("401", .answer(StubAnswer(401)), .pause, "Check that the token in"),
            AnswerRow("402", .answer(StubAnswer(402)), .pause, "Check that the token in"),
            AnswerRow(
                "403, `userId does not match access token.`", message(403, "userId does not match access token."),
                .pause, "belongs to the user in the configuration"),
            AnswerRow(
                "403, a web page (firewall)",
                .answer(StubAnswer(403, headers: [("Content-Type", "text/html")], body: "<html>blocked</html>")),
                .later,
                "with a web page"),
            AnswerRow("404", .answer(StubAnswer(404)), .later, "its API is not at this address"),
            AnswerRow("408", .answer(StubAnswer(408)), .later, "answered 408"),
            AnswerRow("409", message(409), .refused, "no such luck"),
            AnswerRow("412", message(412), .refused, "no such luck"),
            AnswerRow("413", message(413), .refused, "no such luck"),
            AnswerRow("415", message(415), .refused, "no such luck"),
            AnswerRow("422", message(422), .refused, "no such luck"),
            AnswerRow("429", .answer(StubAnswer(429, headers: [("Retry-After", "7")])), .later, "answered 429"),
            AnswerRow("500", message(500), .later, "no such luck"),
            AnswerRow("503", .answer(StubAnswer(503)), .later, "answered 503"),
            AnswerRow("any other status", .answer(StubAnswer(418)), .later, "answered 418"),
        ] + AnswerRow.withoutAnAnswer

    @Test(arguments: rows) func deliver_whenTheServiceDoesThis_comesToWhatTheTableSays(row: AnswerRow) async throws {
        let outcome = try await row.deliver { address, token, client in
            try CardiogramDestination(
                name: "cardiogram", service: address, userID: "1", token: .given(token), client: client)
        }
        #expect(outcome.kind == row.outcome, "\(outcome)")
        #expect(outcome.reason.contains(row.words), "\(outcome)")
    }

    @Test func table_inTheDocumentation_isTheOneThatIsTried() throws {
        let tried = Self.rows.map(\.markdown)
        #expect(
            try AnswerRow.documented(of: "cardiogram") == tried,
            "the table should be:\n\(tried.joined(separator: "\n"))")
    }
}
