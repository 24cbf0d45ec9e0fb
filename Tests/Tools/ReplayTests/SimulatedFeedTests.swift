import HeartRate
import Testing

@testable import Replay

@Suite struct SimulatedFeedTests {
    private func rates(_ day: SimulatedDay, seed: UInt64, seconds: Int) -> [Int] {
        var heart = SimulatedHeart(day, seed: seed)
        return (0..<seconds).map { _ in Int(heart.next(after: 1).beatsPerMinute) }
    }

    @Test func heart_ofTheSameSeed_isTheSame_andOfAnotherAnother() {
        #expect(rates(.workout, seed: 7, seconds: 900) == rates(.workout, seed: 7, seconds: 900))
        #expect(rates(.workout, seed: 7, seconds: 900) != rates(.workout, seed: 8, seconds: 900))
    }

    @Test(arguments: SimulatedDay.allCases, [1, 2, 3]) func heart_isAlwaysOneOfALivingPerson(
        day: SimulatedDay, seed: UInt64
    ) {
        let rates = rates(day, seed: seed, seconds: 3_600)
        #expect(rates.allSatisfy { (40...205).contains($0) })
        let steps = zip(rates, rates.dropFirst()).map { abs($1 - $0) }
        #expect(steps.max() ?? 0 <= 8, "no heart leaps by more within a second")
        #expect(Set(rates).count > 3, "it is never a line")
    }

    @Test func workout_warmsUp_worksInIntervals_andCoolsDown() {
        let rates = rates(.workout, seed: 1, seconds: 900)
        func mean(_ range: Range<Int>) -> Int { rates[range].reduce(0, +) / range.count }
        #expect(mean(0..<60) < 80)
        #expect(mean(200..<240) > mean(0..<60) + 30)
        #expect(mean(270..<300) > mean(200..<240) + 20)
        #expect(mean(330..<360) < mean(270..<300) - 10)
        #expect(mean(860..<900) < mean(700..<720))
    }

    @Test func feed_takesTurns_andEndsWithTheLimit() {
        let feed = SimulatedFeed(
            straps: ["a", "b"], day: .rest, seed: 1, readingsPerSecond: 4, readingsPerStrap: 3)
        let items = Array(feed)
        #expect(items.map(\.strap) == ["a", "b", "a", "b", "a", "b"])
        #expect(items.map(\.due) == [0, 0, 250, 250, 500, 500].map { .milliseconds($0) })
        #expect(items.allSatisfy { $0.measuredAtMilliseconds == nil })
        #expect(Array(feed) == items, "each iteration starts again")
    }
}
