import Testing

@testable import Outputs

@Suite struct BeatClockTests {
    @Test(arguments: [45, 59, 60, 61, 75, 90, 120, 180, 200], [1.0, 0.5, 2])
    func take_withIntervals_keepsTheirDistances(_ rate: Double, _ packetSeconds: Double) {
        let heart = SimulatedPackets(seconds: 300, packetSeconds: packetSeconds) { _ in rate }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        // The first packets show how far apart they are.
        let settled = Array(beats.filter { $0.atMicroseconds > 140_000_000 })
        #expect(settled.jitterMilliseconds.percentile(0.99) <= 11)
        // The beats of the last three seconds are still to come.
        #expect(Double(beats.count) >= Double(heart.beats.count) - rate / 20 - 5)
        guard packetSeconds <= 1 else { return }
        #expect(settled.allSatisfy { $0.rrMilliseconds != nil })
        #expect(settled.jitterMilliseconds.max() ?? 0 <= 11)
    }

    @Test(arguments: [0.995, 0.998, 1.002, 1.005])
    func take_whenTheStrapsClockDiffers_followsItGently(_ strapClock: Double) throws {
        let heart = SimulatedPackets(seconds: 1800, strapClock: strapClock) { 60 + 100 * $0 / 1800 }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        #expect(Array(beats.dropFirst(20)).jitterMilliseconds.percentile(0.99) < 20)
        // Behind the heart by no more than at the start.
        let last = try #require(beats.last).atMicroseconds
        let heartBeats = heart.beats.filter { $0 < last }
        #expect(abs(heartBeats.count - beats.count) < 10)
    }

    @Test func take_whenTheRateChanges_keepsTheDistances() {
        let heart = SimulatedPackets(seconds: 600) { $0 < 200 ? 60 : $0 < 400 ? 60 + ($0 - 200) / 2 : 90 }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        #expect(Array(beats.dropFirst(10)).jitterMilliseconds.percentile(0.99) <= 11)
    }

    @Test(arguments: [1, 2, 3, 5])
    func take_whenPacketsAreLost_neverBeatsTwiceAtOnceNorPauses(_ lost: Int) {
        let heart = SimulatedPackets(seconds: 120) { _ in 75 }
            .changed { index, packet in (60..<60 + lost).contains(index) ? nil : packet }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        #expect(beats.distances.allSatisfy { (370_000..<1_900_000).contains($0) })
        let settled = beats.filter { $0.atMicroseconds > 180_000_000 }
        #expect(settled.jitterMilliseconds.percentile(0.99) <= 11)
    }

    @Test func take_whenAPacketIsLate_delaysTheBeatsOnce() {
        let heart = SimulatedPackets(seconds: 120) { _ in 75 }.changed { index, packet in
            var packet = packet
            if index == 60 { packet.arrival += 900_000 }
            return packet
        }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        #expect(beats.distances.allSatisfy { (370_000..<1_700_000).contains($0) })
        #expect(beats.jitterMilliseconds.count { $0 > 20 } <= 4)
    }

    @Test(arguments: [40, 60, 100, 200])
    func take_withoutIntervals_beatsAtTheRate(_ rate: Int) {
        let heart = SimulatedPackets(seconds: 60) { _ in Double(rate) }.changed { _, packet in
            SimulatedPackets.Packet(arrival: packet.arrival, beatsPerMinute: rate, rrIntervals: [])
        }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        #expect(beats.distances.allSatisfy { $0 == 60_000_000 / Int64(rate) })
        #expect(beats.allSatisfy { $0.rrMilliseconds == nil })
        #expect(abs(beats.count - rate) <= 5)
    }

    @Test func take_whenIntervalsComeAndGo_goesOnWithoutADoubleBeat() {
        let heart = SimulatedPackets(seconds: 180) { _ in 72 }.changed { index, packet in
            let hasIntervals = (20..<60).contains(index) || (100..<140).contains(index)
            return SimulatedPackets.Packet(
                arrival: packet.arrival, beatsPerMinute: 72, rrIntervals: hasIntervals ? packet.rrIntervals : [])
        }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        #expect(beats.distances.allSatisfy { (370_000..<1_900_000).contains($0) })
        #expect(beats.contains { $0.rrMilliseconds == nil } && beats.contains { $0.rrMilliseconds != nil })
    }

    @Test(arguments: [[0], [65535], [820, 100], [5000, 820]] as [[UInt16]])
    func take_withAnArtefact_staysWithinTheRate(_ artefact: [UInt16]) {
        let heart = SimulatedPackets(seconds: 120) { _ in 75 }.changed { index, packet in
            var packet = packet
            if index == 60 { packet.rrIntervals = artefact }
            return packet
        }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        #expect(beats.distances.allSatisfy { (370_000..<1_900_000).contains($0) })
    }

    @Test func takeDue_afterTheMachineSlept_givesOneBeat() throws {
        var clock = BeatClock()
        let heart = SimulatedPackets(seconds: 20) { _ in 75 }
        _ = heart.play(&clock)
        let later = try #require(heart.packets.last).arrival + 600_000_000
        #expect(clock.takeDue(atMicroseconds: later) != nil)
        #expect(clock.takeDue(atMicroseconds: later) == nil)
    }

    @Test func nextMicroseconds_withoutPackets_endsAfterSomeSeconds() throws {
        var clock = BeatClock()
        clock.take(beatsPerMinute: 60, rrIntervals: [], atMicroseconds: 0)
        var count = 0
        while let due = clock.nextMicroseconds {
            #expect(clock.takeDue(atMicroseconds: due) != nil)
            count += 1
            try #require(count < 10)
        }
        #expect(count == 5)
    }

    @Test func take_whenReadingsComeFasterThanTheirIntervals_plansNoMoreThanSomeSeconds() {
        var clock = BeatClock()
        for number in 0..<1000 {
            let now = Int64(number) * 100_000
            clock.take(beatsPerMinute: 60, rrIntervals: [1024], atMicroseconds: now)
            _ = clock.takeDue(atMicroseconds: now)
        }
        var planned = 0
        while let due = clock.nextMicroseconds, clock.takeDue(atMicroseconds: due)?.rrMilliseconds != nil {
            planned += 1
        }
        #expect(planned < 10)
    }

    @Test func stop_afterBeats_leavesNone() {
        var clock = BeatClock()
        clock.take(beatsPerMinute: 60, rrIntervals: [1024], atMicroseconds: 0)
        clock.stop()
        #expect(clock.nextMicroseconds == nil && clock.takeDue(atMicroseconds: .max) == nil)
        clock.take(beatsPerMinute: 0, rrIntervals: [], atMicroseconds: 1_000_000)
        #expect(clock.nextMicroseconds == nil)
    }
}
