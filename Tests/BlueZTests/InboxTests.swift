import TestKit
import Testing

@testable import BlueZ

@Suite(.timeLimit(.minutes(1)))
struct InboxTests {
    private let clock = ManualClock()
    private let inbox = Inbox<Int>()

    @Test func next_whenEventsWait_givesThemInOrder() async {
        for number in 1...3 { inbox.send(number) }
        for number in 1...3 { #expect(await inbox.next(before: nil, on: clock) == number) }
    }

    @Test func next_whenDeadlinePasses_isNilAndLosesNothing() async {
        let deadline = clock.now.advanced(by: .seconds(1))
        async let first = inbox.next(before: deadline, on: clock)
        await clock.untilSleeping()
        clock.advance(by: .seconds(1))
        #expect(await first == nil)
        inbox.send(1)
        #expect(await inbox.next(before: deadline, on: clock) == 1)
    }

    @Test func next_whenTaskIsCancelled_isNil() async {
        await withTaskGroup(of: Int?.self) { group in
            group.addTask { await inbox.next(before: nil, on: clock) }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
    }

    /// The event may come before, with or after the deadline: it is never lost.
    @Test func next_whenEventAndDeadlineRace_keepsTheEvent() async {
        for round in 0..<500 {
            let deadline = clock.now.advanced(by: .seconds(1))
            async let first = inbox.next(before: deadline, on: clock)
            async let sent: Void = inbox.send(round)
            clock.advance(by: .seconds(1))
            await sent
            let result = await first
            if result == nil { #expect(await inbox.next(before: nil, on: clock) == round) }
        }
    }
}
