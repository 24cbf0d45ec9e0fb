import OSC
import Testing

@testable import Outputs

@Suite struct OSCParameterMachineTests {
    private struct Sent: Equatable {
        var at: Int64
        var message: OSCMessage
    }

    /// What the machine sends for the packets when it runs at each time that it asks for.
    private func run(_ machine: inout OSCParameterMachine, _ heart: SimulatedPackets) -> [Sent] {
        var sent: [Sent] = []
        func runUntil(_ time: Int64) {
            while machine.nextMicroseconds <= time {
                let now = max(machine.nextMicroseconds, heart.packets.first?.arrival ?? 0)
                guard now <= time else { return }
                let messages = machine.takeDue(atMicroseconds: now)
                #expect(!messages.isEmpty || machine.nextMicroseconds > now)
                sent += messages.map { Sent(at: now, message: $0) }
            }
        }
        for packet in heart.packets {
            runUntil(packet.arrival)
            machine.take(
                OSCReading(
                    beatsPerMinute: packet.beatsPerMinute, rrIntervals: packet.rrIntervals, batteryPercent: 80,
                    atMicroseconds: packet.arrival))
            machine.take(rmssd: 40, sdnn: 60)
            sent += machine.takeDue(atMicroseconds: packet.arrival).map { Sent(at: packet.arrival, message: $0) }
        }
        return sent
    }

    private func machine() -> OSCParameterMachine {
        OSCParameterMachine(OSCFamily.allCases, prefix: OSCSettings.standardPrefix)
    }

    private func byAddress(_ sent: [Sent]) -> [String: [Sent]] { Dictionary(grouping: sent) { $0.message.address } }

    @Test(arguments: [40, 55, 59, 60, 72, 150, 220, 255])
    func takeDue_overMinutes_sendsEachNameAtLeastOnceASecondAndAtMostTenTimes(_ rate: Double) {
        var machine = machine()
        let sent = byAddress(run(&machine, SimulatedPackets(seconds: 120) { _ in rate }))
        #expect(sent.count == OSCFamily.parameters(of: OSCFamily.allCases).count)
        for (address, sent) in sent {
            let distances = zip(sent, sent.dropFirst()).map { $1.at - $0.at }
            #expect(distances.allSatisfy { $0 >= 100_000 }, "\(address): \(distances.min() ?? 0)")
            #expect(distances.allSatisfy { $0 <= 1_050_000 }, "\(address): \(distances.max() ?? 0)")
        }
    }

    @Test(arguments: [40, 55, 72, 150, 220])
    func takeDue_atEachBeat_flipsTheToggleAtOnceAndPulses(_ rate: Double) throws {
        var machine = machine()
        let heart = SimulatedPackets(seconds: 120) { _ in rate }
        var clock = BeatClock()
        let beats = heart.play(&clock)
        let sent = byAddress(run(&machine, heart))
        let toggles = try changes(#require(sent["/avatar/parameters/HeartBeatToggle"])).dropFirst()
        #expect(toggles.map { $0.at } == Array(beats.map { $0.atMicroseconds }.suffix(toggles.count)))
        #expect(toggles.count >= beats.count - 1)
        let pulses = try changes(#require(sent["/avatar/parameters/isHRBeat"])).dropFirst()
        for (begin, end) in zip(pulses, pulses.dropFirst()) where begin.message.arguments == [.boolean(true)] {
            #expect((100_000...200_000).contains(end.at - begin.at))
            #expect(beats.contains { $0.atMicroseconds == begin.at })
        }
        #expect(abs(pulses.count - 2 * toggles.count) <= 2)
    }

    /// Only those with another value than the one before.
    private func changes(_ sent: [Sent]) -> [Sent] {
        sent.prefix(1) + zip(sent, sent.dropFirst()).filter { $0.message != $1.message }.map(\.1)
    }

    @Test func stop_afterALiveHeart_sendsFalseAndZeroAndRepeatsThat() {
        var machine = machine()
        let heart = SimulatedPackets(seconds: 30) { _ in 72 }
        var shown = Dictionary(run(&machine, heart).map { ($0.message.address, $0.message) }) { $1 }
        let now = heart.packets[heart.packets.count - 1].arrival + 200_000
        machine.stop()
        let zeros = machine.takeDue(atMicroseconds: now)
        #expect(zeros.contains(OSCMessage("/avatar/parameters/isHRConnected", .boolean(false))))
        #expect(zeros.contains(OSCMessage("/avatar/parameters/HR", .int32(0))))
        // Those that were sent just before follow within a tenth of a second.
        for message in zeros + machine.takeDue(atMicroseconds: now + 100_000) { shown[message.address] = message }
        let expected = Set(
            OSCFamily.parameters(of: OSCFamily.allCases).map {
                OSCMessage(OSCSettings.standardPrefix + $0.name, $0.end)
            })
        #expect(Set(shown.values) == expected)
        #expect(Set(machine.takeDue(atMicroseconds: now + 1_200_000)) == expected)
    }

    @Test func takeEnd_atAnyTime_resetsEveryName() {
        var machine = machine()
        _ = run(&machine, SimulatedPackets(seconds: 5) { _ in 72 })
        let end = machine.takeEnd()
        #expect(end.count == OSCFamily.parameters(of: OSCFamily.allCases).count)
        #expect(end.contains(OSCMessage("/avatar/parameters/hr_connected", .boolean(false))))
        #expect(end.contains(OSCMessage("/avatar/parameters/HeartBeatToggle", .boolean(false))))
        #expect(end.contains(OSCMessage("/avatar/parameters/Heartrate", .float32(-1))))
    }

    @Test func variability_thatWasNeverThere_isNotSent_andOneThatEndsIsZeroOnce() {
        var machine = OSCParameterMachine([.hrv], prefix: "/a/")
        machine.take(OSCReading(beatsPerMinute: 60, atMicroseconds: 0))
        #expect(machine.takeDue(atMicroseconds: 0).isEmpty && machine.takeEnd().isEmpty)
        #expect(machine.takeDue(atMicroseconds: 60_000_000).isEmpty)
        machine.take(rmssd: 41.5, sdnn: nil)
        #expect(machine.takeDue(atMicroseconds: 61_000_000) == [OSCMessage("/a/HRV_RMSSD", .float32(41.5))])
        machine.stop()
        #expect(machine.takeDue(atMicroseconds: 62_000_000) == [OSCMessage("/a/HRV_RMSSD", .float32(0))])
    }

    @Test func takeDue_withOneFamily_sendsOnlyItsNames() {
        var machine = OSCParameterMachine([.hrOSC], prefix: "/avatar/parameters/anna/")
        #expect(
            Set(machine.takeDue(atMicroseconds: 0).map(\.address))
                == Set(["connected", "percent", "beat", "value", "val"].map { "/avatar/parameters/anna/hr_\($0)" }))
    }

    /// 65 values that each wake the thread at a time of their own would cost more than the heart rate itself.
    @Test func takeDue_overAMinute_wakesAFewTimesForEachBeat() {
        var machine = machine()
        let sent = run(&machine, SimulatedPackets(seconds: 60) { _ in 60 })
        #expect(Set(sent.map(\.at)).count < 60 * 5)
    }
}
