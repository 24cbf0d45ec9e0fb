import Delivery
import DestinationHarness
import Logging
import TestKit
import Testing
import Tokens
import WebClient

@testable import Destinations

/// Each row of the table in docs/delivery.md, against a real socket.
@Suite(.timeLimit(.minutes(10))) struct InfluxResponseTableTests {
    private static func error(_ status: Int, _ message: String) -> AnswerRow.Deed {
        .answer(.json(status, #"{"error":"\#(message)"}"#))
    }

    private static func message(_ status: Int, _ message: String) -> AnswerRow.Deed {
        .answer(.json(status, #"{"code":"any","message":"\#(message)"}"#))
    }

    static let rows: [AnswerRow] =
        [
            AnswerRow("204", .answer(StubAnswer(204)), .accepted),
            AnswerRow("200, nothing", .answer(StubAnswer(200)), .accepted),
            AnswerRow(
                "200, any text", .answer(StubAnswer(200, body: "OK")), .later,
                "does not say that the readings are stored"),
            AnswerRow("200, a web page (captive portal)", .answer(.portal), .later, "with a web page"),
            AnswerRow(
                "302", .answer(StubAnswer(302, headers: [("Location", "https://login.example.net/")])), .later,
                "a redirection to https://login.example.net/"),
            AnswerRow(
                "400, `partial write: points beyond retention policy`",
                error(400, "partial write: points beyond retention policy dropped=1"), .refused,
                "points beyond retention policy"),
            AnswerRow(
                "400, `partial write: field type conflict`",
                error(400, "partial write: field type conflict: input field dropped=1"), .refused,
                "choose another `measurement`"),
            AnswerRow(
                "400, `unable to parse`", error(400, "unable to parse 'x': missing fields"), .refused,
                "unable to parse 'x'"),
            AnswerRow(
                "400, `max-series-per-database limit exceeded`",
                error(400, "partial write: max-series-per-database limit exceeded: (10) dropped=1"), .pause,
                "Raise this limit"),
            AnswerRow(
                "400, `max-values-per-tag limit exceeded`",
                error(400, "partial write: max-values-per-tag limit exceeded (10/10) dropped=1"), .pause,
                "Raise this limit"),
            AnswerRow("400, any text", .answer(StubAnswer(400, body: "no such luck")), .refused, "no such luck"),
            AnswerRow("401", message(401, "unauthorized access"), .pause, "which must hold user:password"),
            AnswerRow("402", .answer(StubAnswer(402)), .pause, "which must hold user:password"),
            AnswerRow("403", error(403, "no such luck"), .pause, "which must hold user:password"),
            AnswerRow(
                "404, `database not found`", error(404, #"database not found: \"health\""#), .pause,
                "CREATE DATABASE"),
            AnswerRow("404, any text", .answer(StubAnswer(404)), .pause, "Check the address in the configuration"),
            AnswerRow("405", .answer(StubAnswer(405)), .pause, "Check the address in the configuration"),
            AnswerRow("408", .answer(StubAnswer(408)), .later, "answered 408"),
            AnswerRow("409", .answer(StubAnswer(409, body: "no such luck")), .refused, "no such luck"),
            AnswerRow("410", .answer(StubAnswer(410)), .pause, "Check the address in the configuration"),
            AnswerRow("412", .answer(StubAnswer(412, body: "no such luck")), .refused, "no such luck"),
            AnswerRow("413", error(413, "Request Entity Too Large"), .refused, "Too Large"),
            AnswerRow("415", .answer(StubAnswer(415)), .pause, "takes no lines"),
            AnswerRow("422", message(422, "no such luck"), .refused, "no such luck"),
            AnswerRow("429", .answer(StubAnswer(429, headers: [("Retry-After", "7")])), .later, "answered 429"),
            AnswerRow(
                "500, `retention policy not found`", error(500, "retention policy not found: autogen"), .pause,
                "Create the default retention policy"),
            AnswerRow("500, other words", error(500, "timeout"), .later, "timeout"),
            AnswerRow("503", .answer(StubAnswer(503)), .later, "answered 503"),
            AnswerRow("any other status", .answer(StubAnswer(418)), .later, "answered 418"),
        ] + AnswerRow.withoutAnAnswer

    @Test(arguments: rows) func deliver_whenTheServiceDoesThis_comesToWhatTheTableSays(row: AnswerRow) async throws {
        let outcome = try await row.deliver { address, token, client in
            var factory = try InfluxKind().factory(
                service: OptionValues(), DestinationContext(client: client, logger: Logger(label: "test")))
            return try factory.destination(
                DestinationSettings(
                    name: "influxdb", address: address, token: .given(token),
                    options: OptionValues(["database": .text("health")])))
        }
        #expect(outcome.kind == row.outcome, "\(outcome)")
        #expect(outcome.reason.contains(row.words), "\(outcome)")
    }

    @Test func table_inTheDocumentation_isTheOneThatIsTried() throws {
        let tried = Self.rows.map(\.markdown)
        #expect(
            try AnswerRow.documented(of: "influxdb") == tried,
            "the table should be:\n\(tried.joined(separator: "\n"))")
    }

    /// The answers of InfluxDB 2 about a bucket.
    @Test(
        arguments: [
            (#"{"code":"not found","message":"bucket \"b\" not found"}"#, "Create the bucket"),
            (#"{"code":"not found","message":"organization name \"o\" not found"}"#, "correct `bucket` and `org`"),
            ("404 page not found", "InfluxDB 1 takes a `database` instead"),
            (#"{"message":"Not Found"}"#, "Check the address in the configuration"),
        ])
    func bucket_thatIsUnknown_pausesWithTheFix(body: String, words: String) async throws {
        try await StubServer.run(answering: [StubAnswer(404, body: body)]) { server, _ in
            var factory = try InfluxKind().factory(
                service: OptionValues(), DestinationContext(client: .patient(), logger: Logger(label: "test")))
            let destination = try factory.destination(
                DestinationSettings(
                    name: "influxdb", address: ServiceAddress(server.url), token: nil,
                    options: OptionValues(["org": .text("o"), "bucket": .text("b")])))
            let outcome = await destination.deliver([])
            #expect(outcome.kind == .pause && outcome.reason.contains(words), "\(outcome)")
        }
    }
}
