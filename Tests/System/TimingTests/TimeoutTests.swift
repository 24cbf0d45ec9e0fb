import TestKit
import Testing
import Timing

@Suite(.timeLimit(.minutes(10))) struct TimeoutTests {
    @Test func timeout_whenBodyIsInTime_givesItsValue() async throws {
        #expect(try await withTimeout(.seconds(1), clock: ManualClock()) { 42 } == 42)
    }

    @Test func timeout_whenTimeIsOver_cancelsTheBodyAndThrows() async throws {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withTimeout(.seconds(5), clock: clock) { try await clock.sleep(for: .seconds(9)) }
            }
            await clock.untilSleeping(2)
            clock.advance(by: .seconds(5))
            await #expect(throws: TimedOut.self) { try await group.next() }
        }
    }

    @Test func timeout_whenBodyFails_throwsItsError() async {
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await withTimeout(.seconds(1), clock: ManualClock()) { throw Failure() }
        }
    }
}
