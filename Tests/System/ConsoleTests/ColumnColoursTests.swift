import Console
import Testing

@Suite struct ColumnColoursTests {
    private let colours = ColumnColours(["live": .green, "problem": .red])

    @Test func wordThatStandsAloneInAColumn_isColoured() {
        #expect(colours.coloured("anna  live  now") == "anna  \u{1B}[32mlive\u{1B}[0m  now")
        #expect(
            colours.coloured("problem  token  live") == "\u{1B}[31mproblem\u{1B}[0m  token  \u{1B}[32mlive\u{1B}[0m")
    }

    @Test(arguments: ["", "it is live now", "alive  liver", "  a problem is"])
    func wordOfASentence_isNot(line: String) {
        #expect(colours.coloured(line) == line)
    }
}
