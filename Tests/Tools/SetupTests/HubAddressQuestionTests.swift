import StrapFixtures
import TestKit
import Testing
import WebClient

@testable import Setup

@Suite struct HubAddressQuestionTests {
    private func address(_ terminal: ScriptedTerminal, last: String? = nil) async throws -> String {
        let questions = SetupQuestions(terminal: terminal, isUnattended: false)
        return try await HubAddressQuestion(questions: questions, client: WebClient()).ask(last: last)
    }

    /// People copy the address of the page out of the browser.
    @Test func addressOfAPage_isTakenForTheHubOfThePage() async throws {
        try await StubServer.run(answering: [StubAnswer(404), StubAnswer(200)]) { server, requests in
            let terminal = ScriptedTerminal(typing: "\"\(server.url)/admin?view=wall#access_token=secret\"")
            let found = try await address(terminal)
            #expect(found == server.url)
            #expect(terminal.text.contains("The hub is at \(server.url)."))
            #expect(!terminal.text.contains("secret"))
            #expect(requests.all.map(\.target) == ["/admin/healthz", "/healthz"])
        }
    }

    @Test func addressBehindAProxysPath_isTaken() async throws {
        try await StubServer.run(answering: [StubAnswer(200)]) { server, _ in
            let found = try await address(ScriptedTerminal(typing: "\(server.url)/hub"))
            #expect(found == "\(server.url)/hub")
        }
    }

    @Test func addressOfAnotherServer_isAskedAgain() async throws {
        try await StubServer.run(answering: [StubAnswer(404)]) { server, _ in
            let terminal = ScriptedTerminal(typing: "\(server.url)/wiki", "perhaps", "n")
            await #expect(throws: SetupError.byPerson) { try await address(terminal) }
            #expect(terminal.text.contains("answers, but it is no hub (status 404)."))
            #expect(terminal.text.contains("Type y for yes or n for no."))
        }
    }
}
