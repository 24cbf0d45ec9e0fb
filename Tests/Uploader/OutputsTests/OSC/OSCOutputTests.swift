import BlueZ
import Destinations
import HeartRate
import Logging
import Outbox
import TestKit
import Testing
import Timing

@testable import Outputs

/// The output with real sockets.
@Suite(.timeLimit(.minutes(10))) struct OSCOutputTests {
    private let time = KernelTime()
    /// No reading becomes too old, however busy the machine is.
    private let live = LiveStraps(straps: ["anna"], time: KernelTime(), freshMilliseconds: 3_600_000)

    private func feed() -> OutputFeed {
        OutputFeed(
            name: "osc", strap: nil, of: live, clock: ContinuousClock(), time: time, logger: Logger(label: "test"))
    }

    private func output(_ values: [String: OptionValues.Value]) throws -> any Output {
        try OSCKind().output(
            OutputSettings(name: "osc", options: OptionValues(values), runtimeFolder: "/run"),
            OutputContext(logger: Logger(label: "test")))
    }

    private func measure(_ rate: UInt16) {
        let now = time.now()
        let measurement = HeartRateMeasurement(beatsPerMinute: rate, contact: .detected, rrIntervals: [800])
        live.take(StrapEvent(strap: "anna", at: now, kind: .state(StrapState(phase: .live))))
        live.take(
            StrapEvent(strap: "anna", at: now, kind: .measurement(measurement)),
            Reading(
                strap: "anna", measurement: measurement, measuredAtMilliseconds: now.wallMilliseconds,
                bootMilliseconds: now.bootMilliseconds))
    }

    private func until(_ receiver: DatagramReceiver, hears text: String) async {
        await receiver.until { $0.contains { OSCDatagram($0)?.description == text } }
    }

    @Test func run_whileAHeartBeats_sendsItsValuesAndResetsThemAtTheEnd() async throws {
        let receivers = [try #require(DatagramReceiver()), try #require(DatagramReceiver(isIPv6: true))]
        let output = try output([
            "targets": .list(["127.0.0.1:\(receivers[0].port)", "[::1]:\(receivers[1].port)"]),
            "chatbox": .text("♥ {bpm}"),
        ])
        let feed = feed()
        async let run: Void = output.run(feed)
        for receiver in receivers { await until(receiver, hears: "/avatar/parameters/isHRConnected F") }
        measure(72)
        for receiver in receivers {
            await until(receiver, hears: "/avatar/parameters/HR i 72")
            await until(receiver, hears: "/avatar/parameters/isHRConnected T")
            await until(receiver, hears: "/avatar/parameters/HeartBeatToggle T")
            await until(receiver, hears: "/chatbox/input sTF ♥ 72")
        }
        #expect(feed.status.state == .sending)
        let before = receivers.map(\.all.count)
        live.take(StrapEvent(strap: "anna", at: time.now(), kind: .state(StrapState(phase: .disconnected))))
        for (receiver, before) in zip(receivers, before) {
            await receiver.until { all in
                let rest = all.dropFirst(before).compactMap { OSCDatagram($0)?.description }
                return rest.contains("/avatar/parameters/HR i 0") && rest.contains("/avatar/parameters/isHRConnected F")
            }
        }
        measure(80)
        for receiver in receivers {
            await until(receiver, hears: "/avatar/parameters/HR i 80")
            await until(receiver, hears: "/chatbox/input sTF ♥ 80")
        }
        feed.end(.programEnds)
        try await run
        for receiver in receivers {
            // A lost datagram does not matter: the reset is sent twice, and the text is cleared once.
            await receiver.until { all in
                let texts = all.compactMap { OSCDatagram($0)?.description }
                let end = texts[(texts.lastIndex(of: "/avatar/parameters/hr_connected T") ?? 0)...]
                return end.count { $0 == "/avatar/parameters/hr_connected F" } == 2
                    && end.count { $0 == "/chatbox/input sTF " } == 1
            }
            #expect(receiver.all.allSatisfy { OSCDatagram($0) != nil })
        }
    }

    @Test func run_whenNoProgramListens_saysWhoAndTheNextStepAndSendsToTheOthers() async throws {
        let receiver = try #require(DatagramReceiver())
        // No other socket gets this port when it is closed.
        let closed = try #require(DatagramReceiver(port: DeafPort.portForAnotherProgram()))
        await closed.stop()
        let output = try output([
            "targets": .list(["127.0.0.1:\(closed.port)", "127.0.0.1:\(receiver.port)"])
        ])
        let feed = feed()
        async let run: Void = output.run(feed)
        measure(72)
        await until(receiver, hears: "/avatar/parameters/HR i 72")
        measure(73)
        await until(receiver, hears: "/avatar/parameters/HR i 73")
        try await poll { feed.status.state == .failing }
        #expect(
            feed.status.reason
                == "127.0.0.1:\(closed.port): no program listens there (Connection refused). "
                + "All others get the values. To fix it, start VRChat there with OSC on, or correct `targets`.")
        feed.end(.outputRemoved)
        try await run
    }

    @Test func probe_ofATarget_findsAClosedPort() async throws {
        let receiver = try #require(DatagramReceiver(port: DeafPort.portForAnotherProgram()))
        let target: [String: OptionValues.Value] = ["targets": .list(["127.0.0.1:\(receiver.port)"])]
        let settings = OutputSettings(name: "osc", options: OptionValues(target), runtimeFolder: "/run")
        let context = OutputContext(logger: Logger(label: "test"))
        let answer = await OSCKind().probe(settings, context)
        #expect(
            answer
                == .works(
                    "values are sent to 127.0.0.1:\(receiver.port); with UDP, nothing confirms their arrival"))
        await receiver.stop()
        guard case .broken(let reason, let remedy) = await OSCKind().probe(settings, context) else {
            Issue.record("a closed port is found")
            return
        }
        #expect(reason == "127.0.0.1:\(receiver.port): no program listens there (Connection refused)")
        #expect(remedy?.hasPrefix("Start VRChat there with OSC on") == true)
    }
}
