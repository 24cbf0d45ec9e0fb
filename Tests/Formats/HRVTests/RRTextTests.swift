import Testing

@testable import HRV

@Suite struct RRTextTests {
    @Test func lines_areIntervals_andAnEmptyOneIsAGap() throws {
        #expect(try RRText.read("800\n810.5\r\n\n\n 790 \n").stretches == [[800, 810.5], [790]])
        #expect(try RRText.read("").stretches.isEmpty)
        #expect(try RRText.read("\u{FEFF}800\r\n").stretches == [[800]])
    }

    @Test func numbersBelowTen_areSeconds() throws {
        #expect(try RRText.read("0.8\n1.25\n").stretches == [[800, 1250]])
    }

    @Test(arguments: ["rr", "-5", "0", "nan", "inf", "800,5", "99999", "8 0 0 x", "812 0", "1.5\t0.69"])
    func otherText_isRefused_withItsLine(text: String) {
        let mistake = #expect(throws: RRText.Mistake.self) { try RRText.read("800\n\(text)\n") }
        #expect(mistake?.line == 2)
    }
}
