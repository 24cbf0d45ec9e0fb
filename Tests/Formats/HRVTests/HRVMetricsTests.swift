import Foundation
import Testing

@testable import HRV

/// The values of the public references for these 300 intervals: see `IntegrationTests/Recordings`.
@Suite struct HRVMetricsTests {
    private static func intervals() throws -> [Double] {
        let url = try #require(
            Bundle.module.url(forResource: "reference-intervals", withExtension: "txt", subdirectory: "Vectors"))
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap { Double($0) }
    }

    private func isNear(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-9 } ?? false
    }

    @Test func values_ofTheReferenceIntervals_areThoseOfTheReferences() throws {
        let rr = RRStretches([try Self.intervals()])
        #expect(rr.intervalCount == 300)
        #expect(isNear(HRVMetrics.rmssd(rr), 25.56106204711746))
        #expect(isNear(HRVMetrics.sdnn(rr), 59.74939078347707))
        #expect(HRVMetrics.nn50(rr) == 19)
        #expect(isNear(HRVMetrics.pnn50(rr, of: .differences), 6.354515050167224))
        #expect(isNear(HRVMetrics.pnn50(rr, of: .intervals), 6.333333333333333))
    }

    @Test func values_whereBeatsAreMissing_takeNoDifferenceAcrossTheGap() throws {
        let intervals = try Self.intervals()
        let rr = RRStretches([Array(intervals[..<100]), Array(intervals[110...])])
        #expect(isNear(HRVMetrics.rmssd(rr), 25.479158149358074))
        #expect(isNear(HRVMetrics.sdnn(rr), 57.93001395755104))
        #expect(HRVMetrics.nn50(rr) == 18)
        #expect(isNear(HRVMetrics.pnn50(rr, of: .differences), 6.25))
        #expect(isNear(HRVMetrics.pnn50(rr, of: .intervals), 6.206896551724138))
        #expect(DetrendedFluctuation.standard.alpha1(rr) == nil)
    }

    @Test(arguments: [
        (4...11, DetrendedFluctuation.Boxes.forwards, 1.5189673281130351), (4...11, .bothWays, 1.4845619934289693),
        (4...12, .forwards, 1.5199050239467404), (4...12, .bothWays, 1.5013574190055274),
        (4...16, .forwards, 1.4721458600785131), (4...16, .bothWays, 1.4608830276348963),
        (3...16, .forwards, 1.4782430134236098), (3...16, .bothWays, 1.4654291940388235),
    ])
    func alpha1_ofTheReferenceIntervals_isThatOfTheReferences(
        sizes: ClosedRange<Int>, boxes: DetrendedFluctuation.Boxes, expected: Double
    ) throws {
        let fluctuation = DetrendedFluctuation(boxSizes: sizes, boxes: boxes)
        #expect(isNear(fluctuation.alpha1(ofIntervals: try Self.intervals()), expected))
    }

    @Test func alpha1_hasTheNameOfItsDefinition() {
        #expect(DetrendedFluctuation.standard.name == "DFA-α1 4–16")
        #expect(DetrendedFluctuation(boxSizes: 3...16, boxes: .bothWays).name == "DFA-α1 3–16 both ways")
    }

    @Test func values_withoutEnoughIntervals_areNone() {
        #expect(HRVMetrics.rmssd(RRStretches()) == nil)
        #expect(HRVMetrics.sdnn(RRStretches([[800]])) == nil)
        #expect(HRVMetrics.rmssd(RRStretches([[800], [810]])) == nil)
        #expect(HRVMetrics.pnn50(RRStretches([[800], []])) == nil)
        #expect(DetrendedFluctuation.standard.alpha1(ofIntervals: Array(repeating: 800, count: 31)) == nil)
    }

    @Test func alpha1_whereNothingFluctuates_isNone() {
        #expect(DetrendedFluctuation.standard.alpha1(ofIntervals: Array(repeating: 800, count: 300)) == nil)
    }
}
