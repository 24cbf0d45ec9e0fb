import OSC
import Testing

@testable import Outputs

@Suite struct OSCChatboxTests {
    private let second: Int64 = 1_000_000

    private func texts(_ chatbox: inout OSCChatbox, seconds: Int, _ text: (Int) -> String) -> [(Int, String)] {
        var sent: [(Int, String)] = []
        for tenth in 0..<seconds * 10 {
            chatbox.show(text(tenth / 10))
            guard let message = chatbox.takeDue(atMicroseconds: Int64(tenth) * second / 10) else { continue }
            if case .string(let text) = message.arguments[0] { sent.append((tenth, text)) }
        }
        return sent
    }

    @Test func takeDue_whenTheTextChangesEachSecond_sendsTheNewestEveryTwoSeconds() {
        var chatbox = OSCChatbox()
        let sent = texts(&chatbox, seconds: 20) { "\($0)" }
        #expect(sent.map(\.0) == stride(from: 0, to: 200, by: 20).map { $0 })
        #expect(sent.map(\.1) == stride(from: 0, to: 20, by: 2).map { "\($0)" })
    }

    @Test func takeDue_whenTheTextStays_repeatsItBeforeItFades() {
        var chatbox = OSCChatbox()
        let sent = texts(&chatbox, seconds: 60) { _ in "72" }
        #expect(zip(sent, sent.dropFirst()).allSatisfy { (20...200).contains($1.0 - $0.0) })
        #expect(sent.count == 4)
    }

    @Test func takeDue_whenTheHeartRateIsLost_clearsTheTextOnce() {
        var chatbox = OSCChatbox()
        let sent = texts(&chatbox, seconds: 60) { $0 < 10 ? "72" : "" }
        #expect(sent.map(\.1) == ["72", ""])
        #expect(chatbox.takeEnd() == nil)
    }

    @Test func takeDue_withoutAText_sendsNothing() {
        var chatbox = OSCChatbox()
        #expect(texts(&chatbox, seconds: 60) { _ in "" }.isEmpty)
        #expect(chatbox.nextMicroseconds == .max && chatbox.takeEnd() == nil)
    }

    @Test func takeEnd_whileATextIsShown_clearsIt() {
        var chatbox = OSCChatbox()
        chatbox.show("72")
        #expect(
            chatbox.takeDue(atMicroseconds: 0)
                == OSCMessage("/chatbox/input", .string("72"), .boolean(true), .boolean(false)))
        #expect(
            chatbox.takeEnd() == OSCMessage("/chatbox/input", .string(""), .boolean(true), .boolean(false)))
    }

    @Test(arguments: [
        (String(repeating: "a", count: 200), 144, 1), (String(repeating: "♥", count: 200), 144, 1),
        // Two UTF-16 units each.
        (String(repeating: "💓", count: 200), 144, 1), ("x" + String(repeating: "💓", count: 200), 143, 1),
        (String(repeating: "a\n", count: 20), 17, 9), ("a\nb", 3, 2), ("", 0, 1),
    ])
    func fitting_withinTheLimitsOfVRChat_cutsTheRest(_ text: String, _ units: Int, _ lines: Int) {
        let fitting = OSCChatbox.fitting(text)
        #expect(fitting.utf16.count == units)
        #expect(fitting.split(separator: "\n", omittingEmptySubsequences: false).count == lines)
        #expect(text.hasPrefix(fitting))
    }

    /// YAML of Windows, and texts with other line ends.
    @Test(arguments: ["\r\n", "\r", "\u{B}", "\u{2028}"])
    func fitting_ofOtherLineEnds_hasNineLines(_ end: String) {
        let fitting = OSCChatbox.fitting(String(repeating: "a" + end, count: 20))
        #expect(fitting == String(repeating: "a\n", count: 8) + "a")
    }
}
