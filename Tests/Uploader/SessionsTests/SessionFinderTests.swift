import Outbox
import Testing

@testable import Sessions

/// Heart rates as they arrive, without an outbox.
private struct Stream {
    static let start: Int64 = 1_767_225_600_000

    var id: Int64 = 0
    var wall = start
    var bootTime: Int64 = 3_600_000
    var boot: Int64 = 1
    var isTrusted = true
    var strap = "anna"
    var readings: [WornReading] = []

    mutating func wait(seconds: Int64) {
        wall += seconds * 1000
        bootTime += seconds * 1000
    }

    mutating func wear(seconds: Int64, every step: Int64 = 1, rate: UInt16 = 100) {
        for _ in stride(from: 0, to: seconds, by: Int(step)) {
            id += 1
            readings.append(
                WornReading(
                    id: id, strap: strap, boot: boot, isClockTrusted: isTrusted, wallMilliseconds: wall,
                    bootMilliseconds: bootTime, beatsPerMinute: rate))
            wait(seconds: step)
        }
    }

    mutating func reboot(afterSeconds seconds: Int64, trusted: Bool = true) {
        wait(seconds: seconds)
        boot += 1
        bootTime = 20_000
        isTrusted = trusted
    }

    /// As they are found now.
    var sessions: [HeartRateSession] {
        var finder = SessionFinder(
            now: SessionFinder.Now(
                wallMilliseconds: wall, bootMilliseconds: bootTime, isClockTrusted: isTrusted, boot: boot))
        let ended = readings.compactMap { finder.take($0) }
        return (ended + finder.last()).sorted { $0.id < $1.id }
    }

    var ranges: [ClosedRange<Int64>] { sessions.map(\.ids) }
}

@Suite struct SessionFinderTests {
    @Test func strap_thatIsWornTwice_hasTwoSessions() {
        var stream = Stream()
        stream.wear(seconds: 300)
        stream.wait(seconds: 600)
        stream.wear(seconds: 200, rate: 60)
        stream.wait(seconds: 600)
        #expect(stream.ranges == [1...300, 301...500])
        #expect(stream.sessions.map(\.state) == [.finished, .finished])
        #expect(stream.sessions.map(\.average) == [100, 60])
        #expect(stream.sessions[0].lengthMilliseconds == 299_000)
        #expect(stream.sessions[0].startMilliseconds == Stream.start)
    }

    @Test func pause_ofLessThanTenMinutes_isPartOfASession() {
        var stream = Stream()
        stream.wear(seconds: 300)
        stream.wait(seconds: 598)
        stream.wear(seconds: 300)
        #expect(stream.ranges == [1...600])
        #expect(stream.sessions.map(\.state) == [.running])
    }

    @Test func session_runsForTenMinutesAfterItsLastReading() {
        var stream = Stream()
        stream.wear(seconds: 300)
        stream.wait(seconds: 598)
        #expect(stream.sessions.map(\.state) == [.running])
        stream.wait(seconds: 1)
        #expect(stream.sessions.map(\.state) == [.finished])
    }

    @Test(arguments: [(119, 1, 0), (121, 1, 1), (500, 30, 0), (600, 30, 1)] as [(Int64, Int64, Int)])
    func session_hasALeastLength_andALeastNumberOfReadings(seconds: Int64, step: Int64, count: Int) {
        var stream = Stream()
        stream.wear(seconds: seconds, every: step)
        stream.wait(seconds: 700)
        #expect(stream.sessions.count == count)
    }

    @Test func straps_haveSessionsOfTheirOwn() {
        var stream = Stream()
        stream.wear(seconds: 150)
        stream.strap = "ben"
        stream.wear(seconds: 150)
        stream.strap = "anna"
        stream.wear(seconds: 150)
        #expect(stream.sessions.map(\.strap) == ["anna", "ben"])
        #expect(stream.ranges == [1...450, 151...300])
        #expect(stream.sessions.map(\.readings) == [300, 150])
    }

    @Test func wallClock_thatSteps_neitherEndsNorJoinsASession() {
        var stream = Stream()
        stream.wear(seconds: 200)
        stream.wall += 86_400_000
        stream.wear(seconds: 200)
        stream.wait(seconds: 700)
        stream.wall -= 86_400_000 + 600_000
        stream.wear(seconds: 200)
        #expect(stream.ranges == [1...400, 401...600])
        #expect(stream.sessions[0].lengthMilliseconds == 399_000)
    }

    @Test func powerCut_withARightClock_isAPauseLikeAnyOther() {
        var stream = Stream()
        stream.wear(seconds: 200)
        stream.reboot(afterSeconds: 60)
        stream.wear(seconds: 200)
        #expect(stream.ranges == [1...400])
        #expect(stream.sessions[0].lengthMilliseconds == 459_000)
        stream.reboot(afterSeconds: 700)
        stream.wear(seconds: 200)
        #expect(stream.ranges == [1...400, 401...600])
    }

    @Test func powerCut_withAClockThatIsNotSet_leavesBothOpen_untilItIs() {
        var stream = Stream()
        stream.wear(seconds: 200)
        stream.reboot(afterSeconds: 60, trusted: false)
        let behind: Int64 = 50_000_000
        stream.wall -= behind
        #expect(stream.sessions.map(\.state) == [.unsettled])
        stream.wear(seconds: 200)
        #expect(stream.ranges == [1...200, 201...400])
        #expect(stream.sessions.map(\.state) == [.unsettled, .running])
        // The clock is set: the outbox gives these readings their right time.
        stream.wall += behind
        stream.isTrusted = true
        stream.readings = stream.readings.map { reading in
            guard reading.boot == 2 else { return reading }
            return WornReading(
                id: reading.id, strap: reading.strap, boot: 2, wallMilliseconds: reading.wallMilliseconds + behind,
                bootMilliseconds: reading.bootMilliseconds, beatsPerMinute: reading.beatsPerMinute)
        }
        #expect(stream.ranges == [1...400])
        #expect(stream.sessions.map(\.state) == [.running])
    }

    @Test func powerCut_withAClockThatIsNotSet_butShowsTenMinutesMore_isTheEnd() {
        var stream = Stream()
        stream.wear(seconds: 200)
        stream.reboot(afterSeconds: 700, trusted: false)
        #expect(stream.sessions.map(\.state) == [.finished])
        stream.wear(seconds: 200)
        #expect(stream.sessions.map(\.state) == [.finished, .running])
    }

    @Test func boot_whoseClockWasNeverSet_hasFinishedSessionsOfItsOwn() {
        var stream = Stream()
        stream.wear(seconds: 200)
        stream.reboot(afterSeconds: 60, trusted: false)
        stream.wear(seconds: 200)
        stream.reboot(afterSeconds: 60)
        stream.wear(seconds: 200)
        #expect(stream.ranges == [1...200, 201...400, 401...600])
        #expect(stream.sessions.map(\.state) == [.finished, .finished, .running])
    }

    @Test func finishedSession_staysTheSame_whateverComesAfter() throws {
        var stream = Stream()
        stream.wear(seconds: 300)
        stream.wait(seconds: 700)
        let finished = try #require(stream.sessions.first)
        #expect(finished.state == .finished)
        for trusted in [true, false] {
            stream.wear(seconds: 150)
            stream.reboot(afterSeconds: 5, trusted: trusted)
            stream.wear(seconds: 150)
            #expect(stream.sessions.first == finished)
        }
    }

    @Test func externalID_isOfOneSessionOnly() {
        var stream = Stream()
        stream.wear(seconds: 300)
        var session = stream.sessions[0]
        session.bootName = "0123456789abcdef"
        #expect(session.externalID == "strapline-01234567-1-300")
    }

    @Test func times_ofADamagedFile_areNoTrap() {
        var finder = SessionFinder(
            now: SessionFinder.Now(wallMilliseconds: 0, bootMilliseconds: 0, isClockTrusted: true, boot: 1))
        for (place, time) in [Int64.min, .max, 0, .min, .max].enumerated() {
            let reading = WornReading(
                id: Int64(place), strap: "anna", boot: Int64(place % 2), wallMilliseconds: time,
                bootMilliseconds: time, beatsPerMinute: .max)
            _ = finder.take(reading)
        }
        #expect(finder.last().isEmpty)
    }
}
