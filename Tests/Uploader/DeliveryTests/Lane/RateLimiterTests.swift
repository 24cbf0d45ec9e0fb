import TestKit
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(10)))
struct RateLimiterTests {
    @Test func pace_whenBusy_neverStartsMoreThanTheLimitInAnySecond() {
        var schedule = RequestSchedule(requestsPerSecond: 20)
        var starts: [Duration] = []
        for _ in 0..<200 { starts.append(schedule.takeTurn(now: .zero)) }
        for (index, start) in starts.enumerated() {
            let inSecond = starts[index...].prefix { $0 < start + .seconds(1) }.count
            #expect(inSecond <= 20)
        }
        #expect(starts[199] < .seconds(199.0 / 20 * 1.05), "at least 95 % of the limit is used")
    }

    @Test func pace_whenIdle_doesNotWait_andSavesNothingUp() {
        var schedule = RequestSchedule(requestsPerSecond: 2)
        #expect(schedule.takeTurn(now: .seconds(100)) == .zero)
        #expect(schedule.takeTurn(now: .seconds(200)) == .zero)
        #expect(schedule.takeTurn(now: .seconds(200)) > .milliseconds(500))
    }

    @Test func pacer_sharedByLanes_holdsThemTogetherToTheLimit() async throws {
        let clock = ManualClock()
        let rateLimiter = RateLimiter(requestsPerSecond: 1, clock: clock)
        try await rateLimiter.waitForTurn()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...3 { group.addTask { try await rateLimiter.waitForTurn() } }
            for waiting in [3, 2, 1] {
                await clock.untilSleeping(waiting)
                clock.advance(by: .milliseconds(1020))
                _ = try await group.next()
            }
        }
    }

    @Test func pacer_whenCancelled_stopsWaiting() async throws {
        let rateLimiter = RateLimiter(requestsPerSecond: 0.001, clock: ManualClock())
        try await rateLimiter.waitForTurn()
        let waiting = Task { try await rateLimiter.waitForTurn() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
