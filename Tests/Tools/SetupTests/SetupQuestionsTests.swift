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

    @Test func show_atANarrowTerminal_breaksBetweenWords_andKeepsCommandsWhole() async {
        let terminal = ScriptedTerminal(columns: 40)
        await questions(terminal).show(
            "Not everything has arrived within 60 s. Find the problem: strapline doctor. Then once more: strapline "
                + "setup watch")
        await questions(terminal).show("problem  bus  bluetoothd is not running on this machine.", hanging: 14)
        #expect(
            terminal.text == """
                Not everything has arrived within 60 s.
                  Find the problem: strapline doctor.
                  Then once more: strapline setup watch
                problem  bus  bluetoothd is not running
                              on this machine.

                """)
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
        #expect(terminal.text.contains("Type a number from 1 to 3, with spaces between several."))
    }

    @Test func confirm_whenAnsweredWithAnotherWord_saysWhatToType() async throws {
        let terminal = ScriptedTerminal(typing: "http://heart.local", "y")
        #expect(try await questions(terminal).confirm("Go on?", defaultAnswer: false))
        #expect(terminal.text.contains("Type y for yes or n for no."))
    }

    @Test func questions_whenUnattended_areNotAsked() async throws {
        let terminal = ScriptedTerminal()
        let questions = questions(terminal, unattended: true)
        #expect(try await questions.ask("Its name?", defaultAnswer: "anna") == "anna")
        #expect(try await questions.confirm("Go on?", defaultAnswer: false) == false)
        #expect(terminal.text.isEmpty)
    }
}
