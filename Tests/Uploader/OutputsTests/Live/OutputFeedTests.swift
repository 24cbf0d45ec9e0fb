import BlueZ
import HeartRate
import Outbox
import TestKit
import Testing

@testable import Outputs

@Suite(.timeLimit(.minutes(10))) struct OutputFeedTests {
    private let fixture = OutputFixture(["anna", "ben"])

    @Test func next_atTheStart_returnsAtOnce_andShowsEveryStrap() async throws {
        let update = try #require(await fixture.feed().next())
        #expect(update.straps.map(\.name) == ["anna", "ben"])
        #expect(update.straps.allSatisfy { $0.isChanged && $0.absence == .disconnected })
        #expect(update.ending == nil)
    }

    @Test func next_afterManyReadings_hasTheNewest_andEveryRRInterval() async throws {
        let feed = fixture.feed(strap: "anna")
        fixture.goLive(60)
        _ = await feed.next()
        for beat in 1...5 { fixture.measure(60 + UInt16(beat), rr: [1000 + UInt16(beat)]) }
        let strap = try #require(await feed.next()?.straps.first)
        #expect(strap.beatsPerMinute == 65)
        #expect(strap.readings.flatMap(\.measurement.rrIntervals) == [1001, 1002, 1003, 1004, 1005])
    }

    @Test func readings_ofAnOutputThatIsSlow_areBounded_andNeverComeTwice() async throws {
        let feed = fixture.feed(strap: "anna")
        fixture.goLive(60)
        for beat in 0..<100 { fixture.measure(100, rr: [UInt16(beat)]) }
        _ = await feed.next()
        for beat in 0..<100 { fixture.measure(101, rr: [UInt16(beat)]) }
        let strap = try #require(await feed.next()?.straps.first)
        #expect(strap.readings.flatMap(\.measurement.rrIntervals) == (68..<100).map { UInt16($0) })
        var details = StrapDetails()
        details.batteryPercent = 70
        fixture.details(details)
        let next = try #require(await feed.next()?.straps.first)
        #expect(next.isChanged && next.readings.isEmpty && next.beatsPerMinute == 101)
    }

    @Test func next_ofOneStrap_isNotWokenByAnother() async throws {
        let feed = fixture.feed(strap: "anna")
        _ = await feed.next()
        fixture.goLive(61, of: "ben")
        let update = try #require(await feed.next(within: .milliseconds(1)))
        #expect(update.straps.map(\.name) == ["anna"] && update.straps.allSatisfy { !$0.isChanged })
    }

    @Test func next_whileItWaits_returnsWithTheReading() async throws {
        let feed = fixture.feed()
        _ = await feed.next()
        async let update = feed.next()
        fixture.goLive(61, of: "ben")
        var straps = try #require(await update).straps
        // The state may be taken before the reading.
        if straps[1].reading == nil { straps = try #require(await feed.next()).straps }
        #expect(straps.map(\.isChanged) == [false, true] && straps[1].beatsPerMinute == 61)
    }

    @Test func next_withinATime_returnsTheUnchangedPresent() async throws {
        let clock = ManualClock()
        let feed = fixture.feed(clock: clock)
        fixture.goLive(61)
        _ = await feed.next()
        async let update = feed.next(within: .seconds(1))
        await clock.waitOut(.seconds(1))
        let straps = try #require(await update).straps
        #expect(straps.map(\.isChanged) == [false, false] && straps[0].beatsPerMinute == 61)
        #expect(straps[0].readings.isEmpty)
    }

    @Test func next_whenTheReadingsStop_returnsThatTheStrapIsStale() async throws {
        let clock = ManualClock()
        let feed = fixture.feed(clock: clock)
        fixture.goLive(61)
        _ = await feed.next()
        async let update = feed.next()
        await clock.untilSleeping()
        fixture.time.advance(milliseconds: LiveStrapTable.freshMilliseconds + 1)
        clock.advance(by: .milliseconds(LiveStrapTable.freshMilliseconds + 1))
        #expect(await update?.straps[0].absence == .stale)
    }

    @Test func next_whenTheTaskIsCancelled_returnsNil() async {
        let feed = fixture.feed()
        _ = await feed.next()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await feed.next() == nil }
            group.cancelAll()
            #expect(await group.next() == true)
        }
    }

    @Test(arguments: [OutputEnding.programEnds, .outputRemoved, .outputChanged])
    func next_atTheEnd_saysOnceThatThereIsNoValue(ending: OutputEnding) async throws {
        let feed = fixture.feed()
        fixture.goLive(61)
        _ = await feed.next()
        feed.end(ending)
        fixture.measure(62)
        let last = try #require(await feed.next())
        #expect(last.ending == ending)
        #expect(last.straps.allSatisfy { $0.isChanged && $0.absence == .stopped && $0.readings.isEmpty })
        #expect(await feed.next() == nil)
    }

    @Test func next_afterAStrapHasLeftTheConfiguration_saysItOnce() async throws {
        let feed = fixture.feed()
        let slow = fixture.feed("slow")
        _ = await feed.next()
        fixture.live.follow(["anna"], newDevices: [])
        let update = try #require(await feed.next())
        #expect(update.straps.map(\.name) == ["anna", "ben"])
        #expect(update.straps[1].absence == .removed)
        fixture.goLive(61)
        #expect(await feed.next()?.straps.map(\.name) == ["anna"])
        #expect(await slow.next()?.straps.last?.absence == .removed)
    }

    @Test func next_afterAStrapWasRemovedAndAddedAgain_showsItAsOne() async throws {
        let feed = fixture.feed()
        _ = await feed.next()
        fixture.live.follow(["anna"], newDevices: [])
        fixture.live.follow(["anna", "ben"], newDevices: [])
        let update = try #require(await feed.next())
        #expect(update.straps.map(\.name) == ["anna", "ben"] && update.straps[1].absence == .disconnected)
    }

    @Test func packetsWithoutSkinContact_wakeNoOutput() async throws {
        let feed = fixture.feed(strap: "anna")
        fixture.state(.noContact)
        fixture.measure(0, contact: .notDetected)
        _ = await feed.next()
        fixture.measure(0, contact: .notDetected)
        #expect(await feed.next(within: .milliseconds(1))?.straps.first?.isChanged == false)
    }
}
