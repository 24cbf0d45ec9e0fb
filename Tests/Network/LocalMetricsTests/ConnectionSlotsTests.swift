import Testing

@testable import LocalMetrics

@Suite struct ConnectionSlotsTests {
    @Test func newConnection_whenSilentOnesHaveEveryPlace_takesTheOldest() {
        var slots = ConnectionSlots<Int>(limit: 2)
        let admissions = (1...3).map { slots.admit($0) }
        #expect(admissions == [.admitted(closing: nil), .admitted(closing: nil), .admitted(closing: 1)])
        let begun = [1, 2].map { slots.beginAnswer($0) }
        #expect(begun == [false, true])
        let next = slots.admit(4)
        #expect(next == .admitted(closing: 3))
    }

    @Test func newConnection_whenEveryPlaceIsBeingAnswered_isRefused_untilOneIsFree() {
        var slots = ConnectionSlots<Int>(limit: 2)
        for id in 1...2 {
            _ = slots.admit(id)
            _ = slots.beginAnswer(id)
        }
        let third = slots.admit(3)
        #expect(third == .refused)
        slots.release(3)
        let fourth = slots.admit(4)
        #expect(fourth == .refused)
        slots.release(1)
        let fifth = slots.admit(5)
        #expect(fifth == .admitted(closing: nil))
    }
}
