import Testing

@testable import HubServer

struct TokenBucketTests {
    @Test func pace_kept_isNeverRefused() {
        var bucket = TokenBucket(requestsPerSecond: 20, now: 0)
        for index in 0..<10_000 { #expect(bucket.take(now: Int64(index) * 50) == nil) }
    }

    /// The network bunches together what left at its pace: a second and a half of nothing, then all of it.
    @Test func pace_bunchedTogether_isNotRefused() {
        var bucket = TokenBucket(requestsPerSecond: 20, now: 0)
        for bunch in 1...100 {
            for _ in 0..<30 { #expect(bucket.take(now: Int64(bunch) * 1500) == nil) }
        }
    }

    /// A sender's clock that runs fast by as much as one is slewed (500 ppm), for a day.
    @Test func pace_byAClockThatRunsFast_isNotRefused() {
        var bucket = TokenBucket(requestsPerSecond: 20, now: 0)
        var refused = 0
        for index in 0..<(20 * 86400) where bucket.take(now: Int64(Double(index) * 50 * 0.9995)) != nil { refused += 1 }
        #expect(refused == 0)
    }

    @Test func burst_passesTwoSecondsWorth_thenWaits() {
        var bucket = TokenBucket(requestsPerSecond: 20, now: 0)
        for _ in 0..<40 { #expect(bucket.take(now: 0) == nil) }
        #expect(bucket.take(now: 0) == 1)
        #expect(bucket.take(now: 1000) == nil)
    }

    @Test func flood_passesNoMoreThanThePace() {
        var bucket = TokenBucket(requestsPerSecond: 20, now: 0)
        let passed = (0..<100_000).count { bucket.take(now: Int64($0)) == nil }
        #expect((2040...2061).contains(passed), "\(passed)")
    }

    @Test func slowPace_tellsHowLongToWait() {
        var bucket = TokenBucket(requestsPerSecond: 1, now: 0)
        for _ in 0..<2 { #expect(bucket.take(now: 0) == nil) }
        #expect(bucket.take(now: 0) == 1)
        #expect(!bucket.isFull(now: 1000))
        #expect(bucket.isFull(now: 2000))
    }

    @Test func clock_whenItStandsOrStepsBack_fillsNothing() {
        var bucket = TokenBucket(requestsPerSecond: 1, now: 5000)
        for _ in 0..<2 { #expect(bucket.take(now: 5000) == nil) }
        #expect(bucket.take(now: 1000) != nil)
        #expect(bucket.take(now: 5000) != nil)
    }
}
