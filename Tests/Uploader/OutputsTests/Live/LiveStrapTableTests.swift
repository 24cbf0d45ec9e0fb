import BlueZ
import HeartRate
import Outbox
import TestKit
import Testing

@testable import Outputs

@Suite struct LiveStrapTableTests {
    private let fixture = OutputFixture()

    private var value: LiveStrap.Value? { fixture.live.now.first?.value }

    @Test func value_ofALiveStrap_isItsNewestReading() {
        fixture.goLive(61)
        fixture.measure(62)
        #expect(fixture.live.now.first?.beatsPerMinute == 62)
        #expect(fixture.live.now.first?.stateWord == "live")
    }

    @Test(
        arguments: [
            (.searching, .disconnected), (.connecting, .disconnected), (.resolving, .disconnected),
            (.subscribing, .disconnected), (.disconnected, .disconnected), (.blocked, .disconnected),
            (.stale, .stale), (.noContact, .noContact),
        ] as [(StrapState.Phase, LiveStrap.Absence)])
    func value_inEveryOtherPhase_isNone_withTheReason(phase: StrapState.Phase, absence: LiveStrap.Absence) {
        fixture.goLive(61)
        fixture.state(phase)
        #expect(value == .none(absence))
    }

    @Test(arguments: [(0, .detected), (70, .notDetected), (0, .unsupported)] as [(UInt16, SensorContact)])
    func value_ofAPacketWithoutAHeartRate_isNone(rate: UInt16, contact: SensorContact) {
        fixture.goLive(61)
        fixture.measure(rate, contact: contact)
        #expect(value == .none(.noContact))
    }

    @Test func value_withoutAPacketForTooLong_isStale_andLiveAgainWithTheNext() {
        fixture.goLive(61)
        fixture.time.advance(milliseconds: LiveStrapTable.freshMilliseconds)
        #expect(fixture.live.now.first?.beatsPerMinute == 61)
        fixture.time.advance(milliseconds: 1)
        #expect(value == .none(.stale))
        fixture.measure(63)
        #expect(fixture.live.now.first?.beatsPerMinute == 63)
    }

    @Test func value_ofALatePacketAfterTheLink_isNone() {
        fixture.goLive(61)
        fixture.state(.disconnected)
        fixture.measure(62)
        #expect(value == .none(.disconnected))
    }

    /// A session is live with its first packet, and reports that after the packet.
    @Test func readings_holdTheFirstPacketOfALink() async {
        let feed = fixture.feed()
        _ = await feed.next()
        fixture.state(.subscribing)
        fixture.measure(61)
        fixture.state(.live)
        let first = await feed.next()
        #expect(first?.straps.first?.readings.map(\.measurement.beatsPerMinute) == [61])
        fixture.measure(62)
        let second = await feed.next()
        #expect(second?.straps.first?.readings.map(\.measurement.beatsPerMinute) == [62])
    }

    @Test func packet_beforeTheLastStateOnTheWayToLive_isKept() {
        fixture.state(.disconnected)
        fixture.state(.resolving)
        fixture.measure(61)
        fixture.state(.subscribing)
        fixture.state(.live)
        #expect(fixture.live.now.first?.beatsPerMinute == 61)
    }

    @Test func contact_isUnknownWithoutALink_andDetailsStay() {
        var details = StrapDetails()
        details.batteryPercent = 80
        fixture.details(details)
        fixture.goLive(61)
        #expect(fixture.live.now.first?.hasContact == true)
        fixture.state(.disconnected)
        #expect(fixture.live.now.first?.hasContact == nil)
        #expect(fixture.live.now.first?.details.batteryPercent == 80)
    }

    @Test func follow_ofAnotherDevice_forgetsTheOldValue_andKeepsTheOthers() {
        let fixture = OutputFixture(["anna", "ben"])
        fixture.goLive(61)
        fixture.goLive(62, of: "ben")
        fixture.live.follow(["anna", "ben"], newDevices: ["anna"])
        #expect(fixture.live.now.map(\.beatsPerMinute) == [nil, 62])
    }
}
