import BlueZ
import StrapFixtures
import Testing

@testable import Setup

@Suite struct TerminalDialogueTests {
    private let arm = "C4:00:00:00:00:02"

    @Test func choose_whenANumberIsTyped_takesThatDevice() async throws {
        let terminal = ScriptedTerminal(typing: "3", "arm", "2")
        let devices = [try Device.named("Chest"), try Device.named("Arm", arm)]
        let choice = await TerminalDialogue(terminal: terminal).choose(among: devices)
        #expect(choice == .device(try Device.address(arm)))
        #expect(terminal.text.contains("1   Chest") && terminal.text.contains("2   Arm"))
        #expect(terminal.text.split(separator: "Which one?").count == 4)
    }

    @Test func choose_whenNothingIsTyped_looksAgainOrGivesUp() async throws {
        let devices = [try Device.named("Chest")]
        #expect(await TerminalDialogue(terminal: ScriptedTerminal(typing: "")).choose(among: devices) == .lookAgain)
        #expect(await TerminalDialogue(terminal: ScriptedTerminal()).choose(among: devices) == .giveUp)
    }

    @Test(arguments: [("y", "y"), ("Yes", "Yes"), ("n", nil), ("", nil)])
    func answer_toAConfirmation_isYesOnlyWhenItSaysSo(typed: String, answer: String?) async {
        let terminal = ScriptedTerminal(typing: typed)
        #expect(await TerminalDialogue(terminal: terminal).answer(.confirmation("004711")) == answer)
        #expect(terminal.text.contains("004711"))
    }

    @Test func answer_toAPasskey_isWhatIsTyped() async {
        let dialogue = TerminalDialogue(terminal: ScriptedTerminal(typing: "004711", ""))
        #expect(await dialogue.answer(.passkey) == "004711")
        #expect(await dialogue.answer(.passkey) == nil)
    }

    @Test func tell_ofADevice_showsItsNameWithoutControlCharacters() async throws {
        let terminal = ScriptedTerminal()
        await TerminalDialogue(terminal: terminal).show(.connecting(try Device.named("\u{1B}]0;x\u{07}Strap")))
        #expect(terminal.text == "Connecting to ]0;x Strap (C4:11:22:33:44:55).\n")
    }
}
