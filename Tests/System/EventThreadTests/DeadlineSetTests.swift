import Testing

@testable import EventThread

@Suite struct DeadlineSetTests {
    private var alarms = DeadlineSet<String, Int>()

    @Test mutating func alarms_whenTheyMayRingTogether_needOneWakeUp() {
        alarms.set("a", from: 10, by: 20)
        alarms.set("b", from: 19, by: 40)
        alarms.set("c", from: 20, by: 20)
        #expect(alarms.next == 20)
        #expect(alarms.takeDue(at: 20) == ["a", "b", "c"])
        #expect(alarms.next == nil)
    }

    @Test mutating func alarm_whenSomethingElseHasWokenTheThread_ringsThen() {
        alarms.set("a", from: 10, by: 20)
        #expect(alarms.takeDue(at: 9).isEmpty)
        #expect(alarms.takeDue(at: 10) == ["a"])
    }

    @Test mutating func alarms_whenSeveralAreDue_ringInTheirOrder() {
        for (id, from) in [("c", 3), ("a", 1), ("d", 4), ("b", 2)] { alarms.set(id, from: from, by: 9) }
        #expect(alarms.takeDue(at: 3) == ["a", "b", "c"])
        #expect(alarms.next == 9)
    }

    @Test mutating func alarm_whenCancelled_wakesNobody() {
        alarms.set("a", from: 10, by: 10)
        alarms.set("b", from: 20, by: 30)
        alarms.cancel("a")
        #expect(alarms.next == 30)
        #expect(alarms.takeDue(at: 30) == ["b"])
    }

    @Test mutating func alarm_whenItsEndIsBeforeItsBeginning_ringsAtItsBeginning() {
        alarms.set("a", from: 10, by: 5)
        #expect(alarms.next == 10)
    }
}
