import Console
import FoundationEssentials
import Outbox
import Testing

@testable import Verification

@Suite struct VerificationTextTests {
    private func summary(_ change: (inout VerificationTally) -> Void, hasOpened: Bool = true) -> VerificationSummary {
        var tally = VerificationTally()
        change(&tally)
        return VerificationSummary(
            lanes: [MatcherBench.anna: tally], hasOpened: hasOpened, askedHistory: false)
    }

    @Test func conclusion_isGoodOnlyWhereSomethingWasSentAndAllOfItWasSeen() {
        #expect(summary { $0.seen = 3 }.conclusion == .allSeen)
        #expect(summary { $0.kept = 3 }.conclusion == .allSeen)
        #expect(summary { _ in }.conclusion == .nothingSent)
        #expect(summary({ _ in }, hasOpened: false).conclusion == .neverOpened)
        #expect(summary { ($0.seen, $0.unprovable) = (3, 1) }.conclusion == .notProvable)
        #expect(summary { ($0.seen, $0.unprovable, $0.missing) = (3, 1, 1) }.conclusion == .missing)
        #expect(summary { $0.extra = 3 }.conclusion == .nothingSent)
    }

    @Test func table_hasARowForEachStrap_andOneForAll() {
        var anna = VerificationTally()
        anna.add(.seen(latencyMilliseconds: 43, isOutOfOrder: true))
        var ben = VerificationTally()
        ben.add(.missing(.notShown))
        ben.refused = 1
        let lines = VerificationText.lines(
            of: VerificationSummary(
                lanes: [MatcherBench.anna: anna, MatcherBench.ben: ben], hasOpened: true, askedHistory: false))
        func cells(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
        #expect(lines[0].hasPrefix("STRAP  DESTINATION  SENT  SEEN  KEPT  MISSING  UNPROVABLE  EXTRA  OUT OF ORDER"))
        #expect(cells(lines[1]) == ["anna", "pulsoid", "1", "1", "0", "0", "0", "0", "1"] + ["43", "ms"].repeated(3))
        #expect(cells(lines[2]) == ["ben", "pulsoid", "1", "0", "0", "1", "0", "0", "0", "-", "-", "-"])
        #expect(cells(lines[3]).prefix(4) == ["all", "2", "1", "0"])
        #expect(lines.contains { $0.contains("1 reading was refused for good") })
    }

    @Test func verdicts_asJSON_sayWhichReadingAndWhy() throws {
        let result = DeliveryMatcher.Result(reading: MatcherBench.reading(7), verdict: .missing(.notKept))
        #expect(
            try VerificationRecord(result).jsonLine()
                == #"{"bpm":67,"destination":"pulsoid","event":"missing","id":7,"#
                + #""measured_at":"1970-01-01T00:16:47.000Z","measured_at_ms":1007000,"#
                + #""reason":"not-kept","strap":"anna"}"#
        )
    }
}

extension [String] {
    fileprivate func repeated(_ count: Int) -> [String] { (0..<count).flatMap { _ in self } }
}
