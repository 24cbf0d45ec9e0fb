import Delivery
import DestinationHarness
import Logging
import TestKit
import Testing
import Tokens

@testable import Destinations

/// Each row of the table in docs/delivery.md, against a real socket.
@Suite(.timeLimit(.minutes(10))) struct HTTPResponseTableTests {
    static let rows: [AnswerRow] =
        [
            AnswerRow("200, any text", .answer(StubAnswer(200, body: "OK")), .accepted),
            AnswerRow(
                "200, a text that is called HTML",
                .answer(StubAnswer(200, headers: [("Content-Type", "text/html")], body: "OK")), .accepted),
            AnswerRow("204", .answer(StubAnswer(204)), .accepted),
            AnswerRow("200, a web page (captive portal)", .answer(.portal), .later, "with a web page"),
            AnswerRow(
                "302", .answer(StubAnswer(302, headers: [("Location", "https://login.example.net/")])), .later,
                "a redirection to https://login.example.net/"),
            AnswerRow("400", .answer(StubAnswer(400, body: "no such luck")), .refused, "no such luck"),
            AnswerRow("401", .answer(StubAnswer(401)), .pause, "Check the token"),
            AnswerRow("402", .answer(StubAnswer(402)), .pause, "Check the token"),
            AnswerRow("403", .answer(StubAnswer(403)), .pause, "Check the token"),
            AnswerRow("404", .answer(StubAnswer(404)), .pause, "Check the address in the configuration"),
            AnswerRow("405", .answer(StubAnswer(405)), .pause, "Check the address in the configuration"),
            AnswerRow("408", .answer(StubAnswer(408)), .later, "answered 408"),
            AnswerRow("409", .answer(StubAnswer(409, body: "no such luck")), .refused, "no such luck"),
            AnswerRow("410", .answer(StubAnswer(410)), .pause, "Check the address in the configuration"),
            AnswerRow("412", .answer(StubAnswer(412, body: "no such luck")), .refused, "no such luck"),
            AnswerRow("413", .answer(StubAnswer(413, body: "no such luck")), .refused, "no such luck"),
            AnswerRow("415", .answer(StubAnswer(415)), .pause, "does not take JSON"),
            AnswerRow("422", .answer(StubAnswer(422, body: "no such luck")), .refused, "no such luck"),
            AnswerRow("429", .answer(StubAnswer(429, headers: [("Retry-After", "7")])), .later, "answered 429"),
            AnswerRow("503", .answer(StubAnswer(503)), .later, "answered 503"),
            AnswerRow("any other status", .answer(StubAnswer(418)), .later, "answered 418"),
        ] + AnswerRow.withoutAnAnswer

    @Test(arguments: rows) func deliver_whenTheServiceDoesThis_comesToWhatTheTableSays(row: AnswerRow) async throws {
        let outcome = try await row.deliver { address, token, client in
            var factory = try HTTPKind().factory(
                service: OptionValues(), DestinationContext(client: client, logger: Logger(label: "test")))
            return try factory.destination(
                DestinationSettings(name: "http", address: address, token: .given(token)))
        }
        #expect(outcome.kind == row.outcome, "\(outcome)")
        #expect(outcome.reason.contains(row.words), "\(outcome)")
    }

    @Test func table_inTheDocumentation_isTheOneThatIsTried() throws {
        let tried = Self.rows.map(\.markdown)
        #expect(
            try AnswerRow.documented(of: "http") == tried,
            "the table should be:\n\(tried.joined(separator: "\n"))")
    }
}
