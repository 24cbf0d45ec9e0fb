import BlueZ
import TestKit
import Testing
import Timing

@testable import Outputs

@Suite(.timeLimit(.minutes(10))) struct OutputSupervisorTests {
    private struct Refused: Error, CustomStringConvertible {
        let description = "The server refuses. Start it."
    }

    /// Fails at its first attempts.
    private struct FailingOutput: Output {
        let attempts = Recorder<Int>()
        let failures: Int
        let then = RecordingOutput()

        func run(_ feed: OutputFeed) async throws {
            _ = await feed.next()
            if attempts.append(0) < failures { throw Refused() }
            feed.rewind()
            try await then.run(feed)
        }
    }

    /// Never returns by itself, as an output whose server hangs.
    private struct HangingOutput: Output {
        let hangs = Recorder<Int>()

        func run(_ feed: OutputFeed) async throws {
            hangs.append(0)
            try await ManualClock().sleep(for: .seconds(1))
        }
    }

    /// Shows one heart rate, fails with all others, and shows the end.
    private struct FadingOutput: Output {
        let shown = Recorder<String>()

        func run(_ feed: OutputFeed) async throws {
            while let update = await feed.next() {
                if update.ending == nil, shown.all.contains("anna 61") { throw Refused() }
                for strap in update.straps where strap.isChanged {
                    shown.append("anna \(strap.beatsPerMinute.map(String.init) ?? strap.stateWord)")
                }
                feed.sent()
            }
        }
    }

    private let fixture = OutputFixture()

    @Test func output_atTheEndOfTheProgram_saysThatThereIsNoValue() async throws {
        let output = RecordingOutput()
        let feed = fixture.feed()
        try await fixture.running(feed, clock: ManualClock(), { output }) { _ in
            fixture.goLive(61)
            await output.shown.until { $0.contains("anna 61") }
        }
        #expect(output.shown.all.last == "anna stopped")
        #expect(output.ending.all == [.programEnds])
    }

    @Test func output_thatIsStopped_saysThatThereIsNoValue_andOthersGoOn() async throws {
        let (first, second) = (RecordingOutput(), RecordingOutput())
        let supervisor = OutputSupervisor(clock: ManualClock())
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await supervisor.run() }
            await supervisor.start(fixture.feed("first")) { first }
            await supervisor.start(fixture.feed("second")) { second }
            await first.shown.until { !$0.isEmpty }
            await supervisor.stop(["first"], .outputRemoved)
            #expect(first.ending.all == [.outputRemoved])
            #expect(await supervisor.statuses(of: ["first", "second"]).map(\.output) == ["second"])
            fixture.goLive(61)
            await second.shown.until { $0.contains("anna 61") }
            tasks.cancelAll()
        }
    }

    @Test func output_thatThrows_failsWithTheReason_andRunsAgain() async throws {
        let clock = ManualClock()
        let output = FailingOutput(failures: 2)
        let feed = fixture.feed(clock: clock)
        try await fixture.running(feed, clock: clock, { output }) { feed in
            fixture.goLive(61)
            await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
            #expect(feed.status.state == .failing && feed.status.reason == Refused().description)
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await clock.waitOutEverything(upTo: .seconds(30)) }
                await output.then.shown.until { $0.contains("anna 61") }
                tasks.cancelAll()
            }
            #expect(output.attempts.all.count == 3 && feed.status.failures == 2)
            await fixture.lines.until { $0.contains { $0.contains("the output works again") } }
            #expect(feed.status.state == .sending)
        }
        #expect(fixture.lines.all.count { $0.contains("the output fails") } == 1)
    }

    @Test func output_thatCannotBeMade_fails_andIsMadeAgain() async throws {
        let clock = ManualClock()
        let attempts = Recorder<Int>()
        let output = RecordingOutput()
        try await fixture.running(
            fixture.feed(clock: clock), clock: clock,
            {
                if attempts.append(0) == 0 { throw Refused() }
                return output
            }
        ) { feed in
            await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await clock.waitOutEverything(upTo: .seconds(30)) }
                await output.shown.until { !$0.isEmpty }
                tasks.cancelAll()
            }
            await fixture.lines.until { $0.contains { $0.contains("the output works again") } }
            #expect(feed.status.state != .failing)
        }
    }

    @Test func output_thatHangs_isGivenUpAfterTheLimit() async throws {
        let clock = ManualClock()
        let output = HangingOutput()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await clock.waitOut(OutputSupervisor.stopLimit) }
            try await fixture.running(fixture.feed(clock: clock), clock: clock, { output }) { _ in
                await output.hangs.until { !$0.isEmpty }
            }
            try await tasks.waitForAll()
        }
    }

    @Test func output_thatFails_endsAtOnce() async throws {
        let clock = ManualClock()
        let output = FailingOutput(failures: .max)
        try await fixture.running(fixture.feed(clock: clock), clock: clock, { output }) { _ in
            await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
            await clock.untilSleeping()
        }
        // Nothing moved the clock.
        #expect(output.attempts.all.count == 1)
    }

    @Test(arguments: [OutputEnding.programEnds, .outputRemoved, .outputChanged])
    func output_thatFailsAndShowsAHeartRate_triesOnceMoreAtTheEnd(_ ending: OutputEnding) async throws {
        let output = FadingOutput()
        let feed = fixture.feed(clock: ManualClock())
        let supervisor = OutputSupervisor(clock: ManualClock())
        await supervisor.start(feed) { output }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await supervisor.run() }
            fixture.goLive(61)
            await output.shown.until { $0.contains("anna 61") }
            fixture.measure(62)
            await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
            await supervisor.stop([feed.name], ending)
            tasks.cancelAll()
        }
        #expect(output.shown.all.last == "anna stopped")
        #expect(feed.status.failures == 1)
    }

    @Test func states_tellWhetherAStrapIsLive() async throws {
        let output = RecordingOutput()
        try await fixture.running(fixture.feed(), { output }) { feed in
            await output.shown.until { $0 == ["anna disconnected"] }
            fixture.goLive(61)
            await output.shown.until { $0.contains("anna 61") }
            fixture.state(.disconnected)
            await output.shown.until { $0.last == "anna disconnected" }
            #expect(feed.status.failures == 0 && feed.status.sent > 0)
        }
    }
}
