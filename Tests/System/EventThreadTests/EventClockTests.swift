import EventThread
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct EventClockTests {
    private static let tooLong: Duration = .seconds(3600)

    private func withClock(_ body: (EventClock, EventThread) async throws -> Void) async throws {
        let thread = EventThread(name: "test")
        defer { thread.stop() }
        try await body(EventClock(on: thread), thread)
    }

    @Test func sleep_whenItsTimeIsOver_ends() async throws {
        try await withClock { clock, _ in
            let deadline = clock.now + .milliseconds(2)
            try await clock.sleep(until: deadline, tolerance: .zero)
            #expect(clock.now >= deadline)
        }
    }

    @Test func sleeps_whenAnEarlierOneComesLater_allEnd() async throws {
        try await withClock { clock, _ in
            let start = clock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in [3, 1, 2] {
                    group.addTask {
                        try await clock.sleep(until: start + .milliseconds(5 * number), tolerance: .zero)
                    }
                }
                try await group.waitForAll()
            }
            #expect(clock.now >= start + .milliseconds(15))
        }
    }

    @Test func sleep_whenItsDeadlineHasPassed_endsAtOnce() async throws {
        try await withClock { clock, _ in
            try await clock.sleep(until: clock.now - .seconds(1))
        }
    }

    @Test func sleep_whenTheThreadWakesForSomethingElse_endsThenThoughItMayTakeLonger() async throws {
        try await withClock { clock, thread in
            let ended = Recorder<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await clock.sleep(until: clock.now + .milliseconds(1), tolerance: Self.tooLong)
                    ended.append(1)
                }
                while ended.all.isEmpty { await thread.ping() }
                try await group.waitForAll()
            }
        }
    }

    @Test func sleep_whenCancelled_throwsAtOnce() async throws {
        try await withClock { clock, _ in
            let sleeping = Task { try await clock.sleep(for: Self.tooLong) }
            sleeping.cancel()
            await #expect(throws: CancellationError.self) { try await sleeping.value }
        }
    }

    @Test func sleep_whenCancelledWhileItSleeps_throwsAndLeavesTheOthers() async throws {
        try await withClock { clock, thread in
            let other = Task { try await clock.sleep(for: .milliseconds(20)) }
            let sleeping = Task { try await clock.sleep(for: Self.tooLong) }
            // By then both are likely there; either order is right.
            await thread.ping()
            sleeping.cancel()
            await #expect(throws: CancellationError.self) { try await sleeping.value }
            try await other.value
        }
    }

    @Test func sleep_whenItsThreadIsStopped_throws() async {
        let thread = EventThread(name: "test")
        let clock = EventClock(on: thread)
        let sleeping = Task { try await clock.sleep(for: Self.tooLong) }
        await thread.ping()
        thread.stop()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        await #expect(throws: CancellationError.self) { try await clock.sleep(for: Self.tooLong) }
    }

    @Test func sleep_whenItsTaskPrefersTheThread_goesOnThere() async throws {
        try await withClock { clock, thread in
            try await withTaskExecutorPreference(thread) {
                try await clock.sleep(for: .milliseconds(1))
                thread.checkIsolated()
            }
        }
    }

    @Test func slack_isATenthAndBounded() {
        #expect(EventClock.slack(of: .milliseconds(50)) == .milliseconds(5))
        #expect(EventClock.slack(of: .seconds(1)) == .milliseconds(100))
        #expect(EventClock.slack(of: .seconds(3600)) == .milliseconds(500))
    }
}
