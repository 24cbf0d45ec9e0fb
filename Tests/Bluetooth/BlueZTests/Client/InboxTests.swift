import Testing

@testable import BlueZ

@Suite(.timeLimit(.minutes(10)))
struct InboxTests {
    private let inbox = Inbox<Int>()

    private func takeAll() async -> [Int]? {
        var batch = [-1]
        return await inbox.takeAll(into: &batch) ? batch : nil
    }

    @Test func takeAll_whenEventsWait_givesThemInOrder() async {
        for number in 1...3 { inbox.send(number) }
        #expect(await takeAll() == [1, 2, 3])
        inbox.send(4)
        #expect(await takeAll() == [4])
    }

    @Test func send_whenAnEventIsOutOfDate_takesItsPlace() async {
        for number in [1, 2, 3] { inbox.send(number) }
        inbox.send(4, superseding: { $0 == 1 })
        inbox.send(5, superseding: { $0 == 4 })
        #expect(await takeAll() == [1, 2, 3, 5])

        for number in [1, 2, 3] { inbox.send(number) }
        inbox.sendLatest(4, replacing: { $0 == 1 })
        #expect(await takeAll() == [2, 3, 4])
    }

    @Test func send_whenTooManyWait_dropsTheEvent() async {
        for number in 1...4 { inbox.send(number, unlessWaiting: 2) }
        #expect(await takeAll() == [1, 2])
    }

    @Test func takeAll_whenTaskIsCancelled_isNilAndLosesNothing() async {
        await withTaskGroup(of: [Int]?.self) { group in
            group.addTask { await takeAll() }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
        inbox.send(1)
        #expect(await takeAll() == [1])
    }

    /// The event may come before, with or after the cancellation: it is never lost.
    @Test func takeAll_whenEventAndCancellationRace_keepsTheEvent() async {
        for round in 0..<500 {
            let first = await withTaskGroup(of: [Int]?.self) { group in
                group.addTask { await takeAll() }
                async let sent: Void = inbox.send(round)
                group.cancelAll()
                await sent
                return await group.next() ?? nil
            }
            if first == nil { #expect(await takeAll() == [round]) }
        }
    }
}
