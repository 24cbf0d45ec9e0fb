import BlueZ
import HRV
import HeartRate
import TestKit
import Testing

@testable import Outputs

/// The values follow a strap whose RR intervals are scripted.
@Suite struct LiveVariabilityTests {
    private let fixture = OutputFixture()

    /// Intervals of 1000 and 1048 (1/1024 s) in turn: every difference is 46.875 ms.
    private func beat(_ seconds: Int) {
        for second in 0..<seconds { fixture.measure(60, rr: [second.isMultiple(of: 2) ? 1000 : 1048]) }
    }

    private var values: LiveVariability? { fixture.live.now.first?.variability }

    @Test func values_ofALiveStrap_areThoseOfItsIntervals() throws {
        fixture.state(.live)
        beat(90)
        let values = try #require(self.values)
        #expect(abs((values.rmssd ?? 0) - 46.875) < 1e-9 && values.pnn50 == 0)
        #expect((59...60).contains(values.minute.intervals) && (85...90).contains(values.fiveMinutes.intervals))
        #expect(values.dfaAlpha1 == nil, "two minutes are needed")
        beat(60)
        #expect(self.values?.dfaAlpha1 != nil)
        #expect(self.values?.rmssd == values.rmssd)
    }

    @Test func values_withFewBeats_areMissing_andNever0() {
        fixture.state(.live)
        beat(15)
        #expect(values?.hasIntervals == true && values?.rmssd == nil && values?.sdnn == nil)
    }

    @Test func values_withoutIntervals_sayThat() throws {
        fixture.state(.live)
        for _ in 0..<60 { fixture.measure(60) }
        let values = try #require(self.values)
        #expect(!values.hasIntervals && values.rmssd == nil)
        #expect(LiveVariabilityReport(values).json == #"{"rr_intervals":false}"#)
    }

    @Test func values_ofAStrapThatIsNotLive_areMissing() {
        fixture.state(.live)
        beat(60)
        #expect(values != nil)
        fixture.measure(0, contact: .notDetected)
        #expect(values == nil)
        fixture.state(.disconnected)
        #expect(values == nil)
    }

    @Test func values_afterALostLink_haveAGap_andNoDifferenceAcrossIt() throws {
        fixture.state(.live)
        beat(40)
        fixture.state(.disconnected)
        fixture.time.advance(milliseconds: 5_000)
        fixture.state(.live)
        for _ in 0..<10 { fixture.measure(60, rr: [1024]) }
        let values = try #require(self.values)
        #expect(values.minute.gaps == 1 && values.minute.artefacts == 0)
    }

    @Test func values_areComputedEveryFewSeconds_only() throws {
        fixture.state(.live)
        beat(60)
        let first = try #require(values)
        beat(3)
        #expect(values == first)
        beat(5)
        #expect(values?.minute.intervals != nil && values != first)
    }

    @Test func update_ofAnOutput_hasThem() async {
        let feed = fixture.feed()
        fixture.state(.live)
        beat(60)
        let update = await feed.next()
        #expect(update?.straps.first?.variability?.rmssd != nil)
    }

    @Test func templates_showThem_orNothing() throws {
        fixture.state(.live)
        let text = try TextTemplate("{bpm} {rmssd}/{sdnn}/{pnn50}/{dfa_alpha1}")
        fixture.measure(60, rr: [1024])
        #expect(text.text(for: try #require(fixture.live.now.first)) == "60 ///")
        beat(60)
        let strap = try #require(fixture.live.now.first)
        #expect(text.text(for: strap) == "60 47/24/0/")
        let json = try WebhookTemplate("[{rmssd}, {sdnn}, {pnn50}, {dfa_alpha1}]")
        #expect(json.text(for: strap) == "[46.9, 23.6, 0.0, null]")
    }
}
