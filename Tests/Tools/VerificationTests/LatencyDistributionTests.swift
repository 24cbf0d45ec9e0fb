import Testing

@testable import Verification

@Suite struct LatencyDistributionTests {
    @Test func percentiles_areOfTheNearestRank() {
        var latencies = LatencyDistribution()
        #expect(latencies.percentile(0.5) == nil)
        for milliseconds in (1...100).reversed() { latencies.add(milliseconds: Int64(milliseconds)) }
        #expect(latencies.percentile(0.5) == 50)
        #expect(latencies.percentile(0.95) == 95)
        #expect(latencies.percentile(0.99) == 99)
        #expect(latencies.percentile(0) == 1)
        #expect(latencies.percentile(1) == 100)
    }

    @Test func sum_andWhatWasTakenOut_areAsIfTheyHadNeverBeenApart() {
        var (left, right) = (LatencyDistribution(), LatencyDistribution())
        for milliseconds: Int64 in [1, 2, 2, 9] { left.add(milliseconds: milliseconds) }
        for milliseconds: Int64 in [2, 500] { right.add(milliseconds: milliseconds) }
        left.add(right)
        left.remove(milliseconds: 500)
        left.remove(milliseconds: 9)
        #expect(left.percentile(1) == 2)
        #expect(left.percentile(0.2) == 1)
        left.remove(milliseconds: 77)
        #expect(left.percentile(0.4) == 2)
    }
}
