import BlueZ
import HRV
import HeartRate
import MQTT
import Testing

@testable import Outputs

@Suite struct MQTTStrapTests {
    private static let topics = MQTTTopics(prefix: "strapline", clientID: "c").strap("chest")
    private static let rate = "strapline/chest/heart_rate"
    private static let reading = "strapline/chest/reading"

    private func strap(_ live: LiveStrap, expireSeconds: Int = 10, hasBeats: Bool = false) -> MQTTStrap {
        var strap = MQTTStrap(Self.topics, expireSeconds: expireSeconds, hasBeats: hasBeats, live)
        strap.take(live)
        return strap
    }

    /// The rates that are published when readings come at these times, and the times of publication.
    private func published(_ rates: [(Int64, UInt16)], expireSeconds: Int = 10) -> [(Int64, String)] {
        var strap = strap(MQTTFixture.absent(.disconnected), expireSeconds: expireSeconds)
        var published: [(Int64, String)] = []
        var rest = rates[...]
        for now in stride(from: Int64(0), through: (rates.last?.0 ?? 0) + 2000, by: 10) {
            while let (at, rate) = rest.first, at <= now {
                strap.take(MQTTFixture.live(rate, at: at))
                rest.removeFirst()
            }
            published += strap.values(at: now).payloads(of: Self.rate).map { (now, $0) }
        }
        return published
    }

    // MARK: Pacing

    @Test func rate_whenItChangesEachSecond_isSentEachSecond() {
        let published = published((0..<10).map { (Int64($0) * 1000, UInt16(70 + $0)) })
        #expect(published.map(\.1) == (70..<80).map { "\($0)" })
        #expect(published.map(\.0) == (0..<10).map { Int64($0) * 1000 })
    }

    @Test func rate_whenItChangesMoreOften_isSentOnceASecondWithTheNewest() {
        let published = published((0..<100).map { (Int64($0) * 100, UInt16(70 + $0)) })
        let gaps = zip(published, published.dropFirst()).map { $1.0 - $0.0 }
        #expect(gaps.allSatisfy { $0 >= 1000 })
        #expect(published.last?.1 == "169")
    }

    @Test(arguments: [3, 10, 30, 60])
    func rate_whenItDoesNotChange_isSentWithinAThirdOfTheExpiry(_ expireSeconds: Int) {
        let published = published((0..<200).map { (Int64($0) * 1000, 72) }, expireSeconds: expireSeconds)
        let gaps = zip(published, published.dropFirst()).map { $1.0 - $0.0 }
        #expect(gaps.allSatisfy { $0 >= 1000 && $0 <= max(1000, Int64(expireSeconds) * 1000 / 3) })
        #expect(expireSeconds < 10 || published.count < 100)
    }

    @Test func rate_whenNoReadingComes_isNotSentAgain() {
        #expect(published([(0, 72), (60_000, 72)]).map(\.0) == [0, 60_000])
    }

    @Test func rate_whenTheReadingIsOld_isNotSent() {
        var strap = strap(MQTTFixture.live(72, at: 0))
        #expect(strap.values(at: 10_001).isEmpty)
        #expect(strap.nextDue(after: 10_001) == nil)
    }

    @Test func readings_whenSeveralComeWithinASecond_keepAllIntervals() {
        var strap = strap(MQTTFixture.live(72, at: 0, rr: [1024]))
        #expect(strap.values(at: 0).count == 2)
        strap.take(MQTTFixture.live(73, at: 300, rr: [512]))
        strap.take(MQTTFixture.live(74, at: 600, rr: [256, 128]))
        #expect(strap.values(at: 900).isEmpty)
        #expect(strap.nextDue(after: 900) == 1000)
        let json = strap.values(at: 1000).payloads(of: Self.reading)
        #expect(
            json == [
                "{\"contact\":true,\"heart_rate\":74,\"measured_at\":\"2026-01-01T00:00:00.600Z\","
                    + "\"measured_at_ms\":1767225600600,\"rr_ms\":[500,250,125],\"state\":\"live\",\"strap\":\"chest\"}"
            ])
    }

    // MARK: No value

    @Test func rate_whenTheStrapIsLost_isNoneOnceAndNever0() {
        var strap = strap(MQTTFixture.live(72, at: 0))
        _ = strap.values(at: 0)
        strap.take(MQTTFixture.absent(.disconnected))
        let messages = strap.values(at: 100)
        #expect(messages.payloads(of: Self.rate) == ["None"])
        #expect(messages.payloads(of: Self.reading).first?.contains("\"heart_rate\":null") == true)
        #expect(messages.payloads(of: Self.reading).first?.contains("\"state\":\"disconnected\"") == true)
        #expect(messages.allSatisfy { !$0.isRetained })
        #expect(strap.values(at: 200).isEmpty)
    }

    @Test func rate_whenItHadNoneBefore_saysNothing() {
        var strap = strap(MQTTFixture.absent(.disconnected))
        #expect(strap.values(at: 0).isEmpty)
        strap.take(MQTTFixture.absent(.stale))
        #expect(strap.values(at: 1).payloads(of: Self.rate).isEmpty)
    }

    @Test func pending_whenTheStrapIsLost_isForgotten() {
        var strap = strap(MQTTFixture.live(72, at: 0))
        _ = strap.values(at: 0)
        strap.take(MQTTFixture.live(99, at: 500))
        strap.take(MQTTFixture.absent(.noContact))
        #expect(!strap.values(at: 1000).shown.contains { $0.contains("99") })
        strap.take(MQTTFixture.live(75, at: 1500))
        #expect(strap.values(at: 1500).payloads(of: Self.rate) == ["75"])
    }

    // MARK: States

    @Test func states_whenTheyChange_areRetainedOnce() {
        var live = MQTTFixture.live(72, at: 0)
        live.details = MQTTFixture.details
        var strap = strap(live)
        #expect(
            strap.states().shown == [
                "strapline/chest/status online !", "strapline/chest/contact ON !", "strapline/chest/battery 80 !",
            ])
        #expect(strap.states().isEmpty)
        var absent = MQTTFixture.absent(.noContact)
        absent.hasContact = false
        absent.details = MQTTFixture.details
        strap.take(absent)
        #expect(strap.states().shown == ["strapline/chest/contact OFF !"])
        var lost = MQTTFixture.absent(.disconnected)
        lost.details.batteryPercent = 79
        strap.take(lost)
        #expect(strap.states().shown == ["strapline/chest/status offline !", "strapline/chest/battery 79 !"])
    }

    /// The name stays, and the strap behind it is another one, which cannot detect contact.
    @Test func states_whenAnotherDeviceFollows_areNotThoseOfTheFirst() {
        var first = MQTTFixture.live(72, at: 0)
        first.details = MQTTFixture.details
        var strap = strap(first)
        _ = strap.states()
        strap.take(MQTTFixture.absent(.disconnected))
        #expect(strap.states().shown == ["strapline/chest/status offline !", "strapline/chest/battery None !"])
        var second = MQTTFixture.live(80, at: 5000)
        second.hasContact = nil
        strap.take(second)
        #expect(strap.states().shown == ["strapline/chest/status online !", "strapline/chest/contact None !"])
        #expect(strap.states().isEmpty)
    }

    @Test func battery_beforeItWasRead_isLeftAsItIs() {
        var strap = strap(MQTTFixture.live(72, at: 0))
        #expect(strap.states().payloads(of: "strapline/chest/battery").isEmpty)
    }

    @Test(arguments: [
        (LiveStrap.Absence.disconnected, "offline"), (.stale, "offline"), (.stopped, "offline"), (.removed, "offline"),
        (.noContact, "online"),
    ])
    func status_whenThereIsNoRate_saysWhetherTheStrapIsThere(_ absence: LiveStrap.Absence, _ word: String) {
        var strap = strap(MQTTFixture.absent(absence))
        #expect(strap.states().payloads(of: "strapline/chest/status") == [word])
    }

    @Test func announcement_whenTheStrapIsLive_repeatsEverything() {
        var strap = strap(MQTTFixture.live(72, at: 0))
        _ = strap.states()
        _ = strap.values(at: 0)
        strap.announceAgain()
        #expect(strap.states().count == 2)
        #expect(strap.values(at: 100).payloads(of: Self.rate) == ["72"])
    }

    @Test func announcement_whenTheStrapIsLost_repeatsNoValue() {
        var strap = strap(MQTTFixture.live(72, at: 0))
        _ = strap.values(at: 0)
        strap.take(MQTTFixture.absent(.disconnected))
        strap.announceAgain()
        #expect(strap.states().payloads(of: "strapline/chest/status") == ["offline"])
        #expect(!strap.values(at: 100).shown.contains { $0.contains("72") })
    }

    // MARK: Beats

    @Test func beats_whenTheyAreOn_areEventsInTheRhythmOfTheHeart() {
        var strap = strap(MQTTFixture.absent(.disconnected), hasBeats: true)
        var beats: [(at: Int64, payload: String)] = []
        for now in stride(from: Int64(0), through: 20_000, by: 10) {
            if now.isMultiple(of: 1000) { strap.take(MQTTFixture.live(72, at: now, rr: [512, 512])) }
            beats += strap.values(at: now).payloads(of: "strapline/chest/beat").map { (now, $0) }
        }
        let gaps = zip(beats, beats.dropFirst()).map { $1.at - $0.at }
        #expect(beats.allSatisfy { $0.payload == "{\"event_type\":\"beat\",\"rr_ms\":500}" })
        #expect(beats.count > 30 && gaps.allSatisfy { (480...520).contains($0) }, "\(gaps)")
    }

    @Test func beats_withoutIntervals_followTheRate() {
        var strap = strap(MQTTFixture.absent(.disconnected), hasBeats: true)
        var beats: [String] = []
        for now in stride(from: Int64(0), through: 20_000, by: 10) {
            if now.isMultiple(of: 1000) { strap.take(MQTTFixture.live(60, at: now)) }
            beats += strap.values(at: now).payloads(of: "strapline/chest/beat")
        }
        #expect((18...20).contains(beats.count) && Set(beats) == ["{\"event_type\":\"beat\"}"], "\(beats)")
    }

    @Test func beats_whenTheStrapIsLost_end() {
        var strap = strap(MQTTFixture.live(72, at: 0, rr: [512, 512]), hasBeats: true)
        #expect(strap.nextDue(after: 0) == 0)
        strap.take(MQTTFixture.absent(.disconnected))
        #expect(strap.nextDue(after: 1) == nil)
        #expect(strap.values(at: 60_000).payloads(of: "strapline/chest/beat").isEmpty)
    }

    @Test func beats_whenTheyAreOff_areNotSent() {
        var strap = strap(MQTTFixture.live(72, at: 0, rr: [853]))
        #expect(strap.values(at: 0).payloads(of: "strapline/chest/beat").isEmpty)
    }

    @Test func variability_whenThereAreEnoughBeats_isSentEachTenSeconds() {
        var strap = strap(MQTTFixture.absent(.disconnected))
        var beats = BeatWindow()
        var times: [Int64] = []
        for second in 1...60 {
            let now = Int64(second) * 1000
            let rr: [UInt16] = [second.isMultiple(of: 2) ? 1000 : 1048]
            beats.take(rr, hasContact: true, atMilliseconds: now)
            var live = MQTTFixture.live(60, at: now, rr: rr)
            live.variability = LiveVariability(beats, atMilliseconds: now)
            strap.take(live)
            let messages = strap.values(at: now)
            let values = messages.payloads(of: "strapline/chest/rmssd")
            if !values.isEmpty { times.append(now) }
            #expect(values.allSatisfy { $0 == "46.9" })
            #expect(messages.payloads(of: "strapline/chest/sdnn").count == values.count)
            let json = messages.payloads(of: "strapline/chest/hrv")
            #expect(json.allSatisfy { $0.contains("\"last_60_s\":{\"artefact_share\":0,") })
        }
        #expect(times == [20_000, 30_000, 40_000, 50_000, 60_000])
        strap.take(MQTTFixture.absent(.disconnected))
        let gone = strap.values(at: 61_000)
        for topic in ["rmssd", "sdnn", "pnn50"] {
            #expect(gone.payloads(of: "strapline/chest/\(topic)") == ["None"])
        }
    }

    @Test func variability_whenItIsNotReliableAnyMore_isNoneOnce() {
        var beats = BeatWindow()
        for second in 1...60 {
            beats.take(
                [second.isMultiple(of: 2) ? 1000 : 1048], hasContact: true, atMilliseconds: Int64(second) * 1000)
        }
        var live = MQTTFixture.live(60, at: 60_000)
        live.variability = LiveVariability(beats, atMilliseconds: 60_000)
        var strap = strap(live)
        #expect(strap.values(at: 60_000).payloads(of: "strapline/chest/rmssd") == ["46.9"])
        var sent: [[String]] = []
        for second in 61...90 {
            let now = Int64(second) * 1000
            live = MQTTFixture.live(60, at: now)
            live.variability = LiveVariability(BeatWindow(), atMilliseconds: now)
            strap.take(live)
            sent.append(strap.values(at: now).payloads(of: "strapline/chest/rmssd"))
        }
        #expect(sent.flatMap(\.self) == ["None"])
        #expect(sent.firstIndex(of: ["None"]) == 9)
    }

    @Test func variability_withoutIntervals_isNotSent() {
        var strap = strap(MQTTFixture.absent(.disconnected))
        for second in 1...60 {
            let now = Int64(second) * 1000
            var live = MQTTFixture.live(60, at: now)
            live.variability = LiveVariability(BeatWindow(), atMilliseconds: now)
            strap.take(live)
            let topics = strap.values(at: now).map(\.topic)
            #expect(!topics.contains { $0.hasSuffix("rmssd") || $0.hasSuffix("hrv") })
        }
    }
}
