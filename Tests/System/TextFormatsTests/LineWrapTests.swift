import Testing
import TextFormats

@Suite struct LineWrapTests {
    @Test func longLine_isBrokenBetweenWords_andHangs() {
        let lines = LineWrap.lines(of: "  anna: the token is good until tomorrow", columns: 20, hanging: 2)
        #expect(lines == ["  anna: the token is", "    good until", "    tomorrow"])
    }

    @Test func line_withoutAWidth_staysAsItIs() {
        let line = String(repeating: "word ", count: 100)
        #expect(LineWrap.lines(of: line, columns: nil) == [line])
    }

    @Test func table_thatFits_keepsItsColumns() {
        #expect(LineWrap.lines(of: "a    b\n\nc", columns: 10) == ["a    b", "", "c"])
    }

    @Test func table_thatDoesNotFit_isBrokenBetweenItsCells() {
        let rows = [
            "STRAP  STATE  HEART RATE  LAST READING  DEVICE", "anna   live   72 bpm      just now      Polar H10 A1B2",
            "anna   live   72 bpm      just now      its service answers nothing at all today",
        ]
        #expect(
            LineWrap.lines(of: rows.joined(separator: "\n"), columns: 45, hanging: 2) == [
                "STRAP  STATE  HEART RATE  LAST READING", "  DEVICE", "anna   live   72 bpm      just now",
                "  Polar H10 A1B2", "anna   live   72 bpm      just now", "  its service answers nothing at all today",
            ])
        // A sentence in the last cell begins beside the others if it fits into no line.
        #expect(
            LineWrap.lines(of: "9182  anna  pulsoid  the service answered nothing", columns: 26, hanging: 2) == [
                "9182  anna  pulsoid  the", "  service answered nothing",
            ])
    }

    @Test func wordThatIsTooLong_andCommandInBackquotes_stayWhole() {
        let path = "/home/anna/.config/strapline/strapline.yaml"
        #expect(LineWrap.lines(of: "see \(path) now", columns: 20) == ["see", path, "now"])
        #expect(
            LineWrap.lines(of: "please run `strapline setup` now", columns: 24) == [
                "please run", "`strapline setup` now",
            ])
    }

    @Test func command_withoutBackquotes_staysWholeToTheEndOfItsSentence() {
        #expect(
            LineWrap.lines(of: "Make one with: strapline-hub user add Ben --database '/x y'", columns: 20) == [
                "Make one with:", "strapline-hub user add Ben --database '/x y'",
            ])
        #expect(
            LineWrap.lines(of: "Run: sudo strapline setup, then wait", columns: 20) == [
                "Run:", "sudo strapline setup,", "then wait",
            ])
        #expect(LineWrap.lines(of: "  sudo systemctl restart strapline", columns: 10, hanging: 2).count == 1)
    }

    @Test func noLine_ofManyWidths_isLongerThanTheWidth_andNoWordIsLost() {
        let text = "Pulsoid asks for a paid plan: get one, then make a token and put it in the token file"
        for columns in 20...90 {
            let lines = LineWrap.lines(of: text, columns: columns, hanging: 4)
            #expect(lines.allSatisfy { $0.count <= columns }, "\(columns)")
            #expect(lines.flatMap { $0.split(separator: " ") } == text.split(separator: " "))
        }
    }
}
