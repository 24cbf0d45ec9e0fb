import TestKit
import Testing
import WebClient

@Suite(.timeLimit(.minutes(10))) struct ResponseClassTests {
    /// What the client makes of an answer.
    private func responseClass(of answer: StubAnswer) async throws -> ResponseClass {
        try await StubServer.run(answering: [answer]) { server, _ in
            let endpoint = try RequestTemplate(.get, ServiceAddress(server.url), path: "/")
            return try await WebClient.patient().send(to: endpoint).responseClass(ManualTime())
        }
    }

    private func html(_ status: Int) -> StubAnswer {
        StubAnswer(status, headers: [("Content-Type", "text/html")], body: "<html></html>")
    }

    @Test(arguments: [
        (200, ResponseClass.success), (202, .success), (201, .success), (301, .redirected(to: nil)),
        (307, .redirected(to: nil)), (400, .refused), (401, .notAuthorised), (402, .paymentRequired),
        (403, .notAuthorised), (404, .wrongAddress), (405, .wrongAddress), (408, .tryLater(after: nil)),
        (409, .refused), (410, .wrongAddress), (412, .refused), (413, .refused), (415, .refused), (422, .refused),
        (425, .tryLater(after: nil)), (429, .tryLater(after: nil)), (451, .unexpected), (500, .tryLater(after: nil)),
        (503, .tryLater(after: nil)), (599, .tryLater(after: nil)),
    ])
    func status_hasTheMeaningOfTheTable(status: Int, responseClass: ResponseClass) async throws {
        #expect(try await self.responseClass(of: StubAnswer(status)) == responseClass)
    }

    @Test(arguments: [
        (200, ResponseClass.page), (400, .page), (403, .page), (404, .page), (422, .page), (401, .notAuthorised),
        (413, .refused), (500, .tryLater(after: nil)), (302, .redirected(to: nil)),
    ])
    func page_isNoAnswerOfTheService(status: Int, responseClass: ResponseClass) async throws {
        #expect(try await self.responseClass(of: html(status)) == responseClass)
    }

    @Test func page_isKnownByItsBeginningToo() async throws {
        #expect(try await responseClass(of: StubAnswer(200, body: "\n <!doctype HTML><p>")) == .page)
        #expect(try await responseClass(of: StubAnswer(200, headers: [("Content-Type", "text/html")])) == .success)
    }

    @Test(
        arguments: [
            ("7", 7), ("0", 0), ("99999999", 3600), ("-1", nil), ("soon", nil),
            ("Thu, 01 Jan 2026 00:00:30 GMT", 30), ("Wed, 31 Dec 2025 23:00:00 GMT", 0),
        ] as [(String, Int?)])
    func retryAfter_isSecondsOrADate(value: String, seconds: Int?) async throws {
        let answer = StubAnswer(429, headers: [("Retry-After", value)])
        #expect(try await responseClass(of: answer) == .tryLater(after: seconds.map { .seconds($0) }))
    }

    @Test func retryAfter_thatIsADate_countsFromTheAnswersOwnDate() async throws {
        let answer = StubAnswer(
            503,
            headers: [("Date", "Sun, 06 Nov 1994 08:49:30 GMT"), ("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")])
        #expect(try await responseClass(of: answer) == .tryLater(after: .seconds(7)))
    }

    @Test func redirect_tellsWhere() async throws {
        let answer = StubAnswer(302, headers: [("Location", "http://portal.example/")])
        #expect(try await responseClass(of: answer) == .redirected(to: "http://portal.example/"))
    }
}
