import TestKit
import Testing
import Timing

@Suite struct BackoffTests {
    @Test(arguments: zip([0, 1, 2, 3, 4, 5, 6, 7, 1000], [0, 1, 2, 4, 8, 16, 32, 60, 60]))
    func ceiling_afterFailures_doublesUpToTheCap(failures: Int, seconds: Int) {
        #expect(Backoff().ceiling(afterFailures: failures) == .seconds(seconds))
    }

    @Test func delay_isSpreadOverTheWholeSpan() {
        var generator = SplitMix64(seed: 1)
        let delays = (0..<1000).map { _ in Backoff().delay(afterFailures: 4, using: &generator) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 <= .seconds(8) })
        #expect(delays.contains { $0 < .seconds(1) })
        #expect(delays.contains { $0 > .seconds(7) })
    }
}
