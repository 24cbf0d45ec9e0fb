import StrapFixtures
import Testing

@testable import Setup

@Suite struct SetupQuestionsTests {
    private func questions(_ terminal: ScriptedTerminal, unattended: Bool = false) -> SetupQuestions {
        SetupQuestions(terminal: terminal, isUnattended: unattended)
    }

    @Test func ask_whenEnterIsPressed_takesTheUsual() async throws {
        let terminal = ScriptedTerminal(typing: "", "  ben  the 2nd ")
        let questions = questions(terminal)
        #expect(try await questions.ask("Its name?", defaultAnswer: "anna") == "anna")
        #expect(try await questions.ask("Its name?", defaultAnswer: "anna") == "ben the 2nd")
        #expect(terminal.text == "Its name? [anna] Its name? [anna] ")
    }

    @Test func ask_whenNothingComesAnyMore_stops() async {
        await #expect(throws: SetupError.byPerson) { try await questions(ScriptedTerminal()).ask("Its name?") }
    }

    @Test(arguments: [("", true), ("y", true), ("NO", false)])
    func confirm_whenAnswered_isThat(typed: String, answer: Bool) async throws {
        #expect(
            try await questions(ScriptedTerminal(typing: "perhaps", typed)).confirm("Go on?", defaultAnswer: true)
                == answer)
    }

    @Test func choose_whenAnsweredInVain_asksAgain() async throws {
        let terminal = ScriptedTerminal(typing: "4", "1 x", "3, 1")
        #expect(try await questions(terminal).choose(among: ["a", "b", "c"], question: "Which?") == [2, 0])
        #expect(terminal.text.split(separator: "Which?").count == 4)
    }

    @Test func questions_whenUnattended_areNotAsked() async throws {
        let terminal = ScriptedTerminal()
        let questions = questions(terminal, unattended: true)
        #expect(try await questions.ask("Its name?", defaultAnswer: "anna") == "anna")
        #expect(try await questions.confirm("Go on?", defaultAnswer: false) == false)
        #expect(terminal.text.isEmpty)
    }
}
