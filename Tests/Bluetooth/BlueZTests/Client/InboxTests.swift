import Testing

@testable import BlueZ

@Suite(.timeLimit(.minutes(1)))
struct InboxTests {
    private let inbox = Inbox<Int>()

    @Test func next_whenEventsWait_givesThemInOrder() async {
        for number in 1...3 { inbox.send(number) }
        for number in 1...3 { #expect(await inbox.next() == number) }
    }

    @Test func next_whenTaskIsCancelled_isNilAndLosesNothing() async {
        await withTaskGroup(of: Int?.self) { group in
            group.addTask { await inbox.next() }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
        inbox.send(1)
        #expect(await inbox.next() == 1)
    }

    /// The event may come before, with or after the cancellation: it is never lost.
    @Test func next_whenEventAndCancellationRace_keepsTheEvent() async {
        for round in 0..<500 {
            let first = await withTaskGroup(of: Int?.self) { group in
                group.addTask { await inbox.next() }
                async let sent: Void = inbox.send(round)
                group.cancelAll()
                await sent
                return await group.next() ?? nil
            }
            if first == nil { #expect(await inbox.next() == round) }
        }
    }
}
