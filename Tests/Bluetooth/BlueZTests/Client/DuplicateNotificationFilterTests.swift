import HeartRate
import Testing
import Timing

@testable import BlueZ

struct DuplicateNotificationFilterTests {
    private static func moment(_ milliseconds: Int64) -> Moment {
        Moment(wallMilliseconds: 0, bootMilliseconds: milliseconds)
    }

    /// A filter that has seen the strap being subscribed to, or to which others have listened before.
    private static func filter(othersListen: Bool = false) -> DuplicateNotificationFilter {
        var filter = DuplicateNotificationFilter()
        if !othersListen { _ = filter.packet(in: .begun(moment(-500))) }
        return filter
    }

    /// Whether a signal of a measurement without RR intervals, which is equal to the next one of the same rate, is
    /// taken for a new packet.
    private static func takes(
        _ filter: inout DuplicateNotificationFilter, _ beatsPerMinute: UInt8 = 72, at milliseconds: Int64
    ) -> Bool {
        let packet = Packet(decoding: [0x00, beatsPerMinute], arrival: moment(milliseconds))
        return filter.packet(in: .packet(packet)) != nil
    }

    /// When the packets arrived that were taken for new ones.
    private static func taken(_ filter: inout DuplicateNotificationFilter, _ arrivals: [Int64]) -> [Int64] {
        arrivals.filter { takes(&filter, at: $0) }
    }

    private static func seconds(_ range: ClosedRange<Int64>) -> [Int64] { range.map { $0 * 1000 } }

    @Test func filter_whenNobodyElseListens_takesEach() {
        var filter = Self.filter()
        #expect(Self.taken(&filter, Self.seconds(0...20)) == Self.seconds(0...20))
    }

    @Test func filter_whenOthersListenAlready_takesOneOfEach() {
        for copies: Int64 in 2...3 {
            var filter = Self.filter(othersListen: true)
            let arrivals = Self.seconds(0...5).flatMap { second in (0..<copies).map { second + $0 } }
            #expect(Self.taken(&filter, arrivals) == Self.seconds(0...5))
        }
    }

    @Test func filter_whenOthersHaveGoneMeanwhile_takesEach() {
        var filter = Self.filter(othersListen: true)
        #expect(Self.taken(&filter, Self.seconds(0...5)) == Self.seconds(0...5))
    }

    @Test func filter_whenAnotherJoinsAndLeaves_takesOneOfEach() {
        var filter = Self.filter()
        let joined = Self.seconds(3...6).flatMap { [$0, $0 + 1] }
        let arrivals = Self.seconds(0...2) + joined + Self.seconds(7...9)
        #expect(Self.taken(&filter, arrivals) == Self.seconds(0...9))
    }

    @Test func filter_whenAnotherJoinsUnevenStrap_takesOneOfEach() {
        var filter = Self.filter()
        let alone: [Int64] = [0, 930, 2060, 2990, 4040]
        let together: [Int64] = [5110, 5950, 7020]
        #expect(Self.taken(&filter, alone + together.flatMap { [$0, $0 + 3] }) == alone + together)
    }

    @Test func filter_whenPacketsWereHeldUp_takesEach() {
        var filter = Self.filter()
        // Three seconds' packets at once, by the air or because this program stood still; the one before came late.
        let arrivals: [Int64] = Self.seconds(0...4) + [5600, 8010, 8010, 8012, 9000]
        #expect(Self.taken(&filter, arrivals) == arrivals)
    }

    @Test func filter_whenPacketsWereHeldUpBesideAnother_takesOneOfEach() {
        var filter = Self.filter(othersListen: true)
        let heldUp: [Int64] = [7000, 7001, 7030, 7031, 7032, 7033]
        let arrivals = Self.seconds(0...4).flatMap { [$0, $0 + 1] } + heldUp
        #expect(Self.taken(&filter, arrivals) == Self.seconds(0...4) + [7000, 7030, 7032])
    }

    @Test func filter_whenPacketsDiffer_takesEach() {
        var filter = Self.filter(othersListen: true)
        let areTaken = (0..<9).map { Self.takes(&filter, 60 + $0, at: Int64($0)) }
        #expect(!areTaken.contains(false))
    }

    @Test func filter_whenAnotherSubscribesAtTheSameTime_takesOneOfEach() {
        var filter = Self.filter()
        #expect(Self.taken(&filter, Self.seconds(0...5).flatMap { [$0, $0 + 1] }) == Self.seconds(0...5))
    }

    @Test func filter_whenTheFirstPacketsWereHeldUp_takesEach() {
        var filter = Self.filter()
        #expect(Self.taken(&filter, [2600, 2600, 2601, 3500]) == [2600, 2600, 2601, 3500])
    }

    @Test func filter_whenPacketsComeFasterThanFromAnyStrap_takesEach() {
        var filter = Self.filter()
        let arrivals: [Int64] = (0..<20).map { $0 * 60 } + [1200, 1200, 1201]
        #expect(Self.taken(&filter, arrivals) == arrivals)
    }

    @Test func filter_whenNonsenseIsSignalledTwice_takesItOnce() {
        var filter = Self.filter(othersListen: true)
        let signal = Packet(decoding: [0x01, 0x40], arrival: Self.moment(0))
        #expect(filter.packet(in: .packet(signal)) != nil)
        #expect(filter.packet(in: .packet(signal)) == nil)
    }
}
