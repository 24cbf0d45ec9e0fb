import BlueZSimulator
import FoundationEssentials
import Glibc
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit
import Testing

/// `strapline run` with OSC outputs, heard by programs of others.
@Suite(.timeLimit(.minutes(10)), .serialized) struct OSCPeerTests {
    /// The names of vard88508, mkc1370, HRtoVRChat, VRCOSC, hr-osc, iron-heart and TayouVR with their types; a truth
    /// has T for its type while it is true.
    private static let numbers = """
        Heartrate f, Heartrate2 f, Heartrate3 i, HeartRateInt i, HeartRate3 i, HeartRateFloat f, HeartRate f,
        HeartRateFloat01 f, HeartRate2 f, HeartBeatInt i, HR i, HRPercent f, FullHRPercent f, onesHR i, tensHR i,
        hundredsHR i, floatHR f, percentHR f, VRCOSC/Heartrate/Value i, VRCOSC/Heartrate/Normalised f,
        VRCOSC/Heartrate/Average i, VRCOSC/Heartrate/Units f, VRCOSC/Heartrate/Tens f, VRCOSC/Heartrate/Hundreds f,
        hr_percent f, hr_value i, hr_val i, HRBattery i, HRBatteryFloat f, RRInterval i, HRActivity i, HR/Int i,
        HR/Float f, HR/HalfFloat f, HR/Beat i
        """
    private static let truths = """
        isHRConnected, isHRActive, isHRBeat, HeartBeatPulse, HeartBeatToggle, VRCOSC/Heartrate/Connected,
        VRCOSC/Heartrate/Beat, VRCOSC/Heartrate/Enabled, hr_connected, hr_beat, HR/Pulse, HR/BeatToggle, HR/Connected
        """
    private static let untruths = ["isHRReconnecting", "HRTwitchUp", "HRTwitchDown"]
    private static let signed: Set = [
        "Heartrate", "HeartRateFloat", "HeartRate", "FullHRPercent", "floatHR", "HR/Float",
    ]

    private static func items(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.filter { !$0.isNewline }.drop { $0 == " " }) }
    }

    /// Every name while a heart beats.
    private static func live(below prefix: String) -> [String] {
        items(numbers).map { prefix + $0 } + items(truths).map { prefix + $0 + " T" }
            + untruths.map { prefix + $0 + " F" }
    }

    /// Every name with its value when there is no heart rate.
    private static func reset(below prefix: String) -> Set<String> {
        let zeros = items(numbers).map { item in
            let isSigned = signed.contains(String(item.prefix { $0 != " " }))
            return prefix + item + (item.last == "i" ? " 0" : isSigned ? " -1.000000" : " 0.000000")
        }
        return Set(zeros + (items(truths) + untruths).map { prefix + $0 + " F" })
    }

    /// A port that no other socket gets by chance before the listener has it.
    private func freePort() async -> Int {
        while true {
            guard let receiver = DatagramReceiver(port: DeafPort.portForAnotherProgram()) else { continue }
            await receiver.stop()
            return receiver.port
        }
    }

    @Test(arguments: OSCPeer.present)
    func run_withAnOSCOutput_isHeardAndResetsAtLossAndAtTheEnd(_ peer: OSCPeer) async throws {
        let stack = try await StackFixture()
        let port = await freePort()
        let prefix = "/avatar/parameters/"
        try await stack.withHub { _, _ in
            try append(
                """
                outputs:
                  - { kind: osc, strap: anna, targets: ["127.0.0.1:\(port)"], chatbox: "Heart {bpm}" }

                """, to: stack)
            try await peer.listening(at: port, log: stack.folder.appending("peer.log")) { ear in
                try await stack.withUploader { uploader in
                    await ear.untilHears(Self.reset(below: prefix))
                    await stack.startBeating(every: .seconds(1))
                    await ear.untilHears(beginnings: Self.live(below: prefix) + ["/chatbox/input sTF"])
                    await stack.simulator.disappear(stack.users[0].strapAddress)
                    await ear.untilHears([prefix + "isHRConnected F"], from: ear.count)
                    await ear.untilHears(Self.reset(below: prefix), from: ear.count)
                    await stack.simulator.appear(stack.users[0].strapAddress)
                    await ear.untilHears([prefix + "isHRConnected T", prefix + "isHRBeat T"], from: ear.count)
                    let before = ear.count
                    await stack.stopBeating()
                    await uploader.stop()
                    await ear.untilHears(Self.reset(below: prefix), from: before)
                }
            }
        }
    }

    @Test func run_whenAnOutputIsRemovedByReload_resetsItAndKeepsTheOther() async throws {
        let stack = try await StackFixture()
        let port = await freePort()
        try await stack.withHub { _, _ in
            let whole = try String(contentsOfFile: stack.configuration, encoding: .utf8)
            let ofAnna = "  - { kind: osc, name: first, strap: anna, targets: [\"127.0.0.1:\(port)\"] }\n"
            let ofBoth =
                "  - { kind: osc, prefix: \"/hearts/{strap}/\", families: [hr-osc], "
                + "targets: [\"127.0.0.1:\(port)\"] }\n"
            try append("outputs:\n" + ofAnna + ofBoth, to: stack)
            try await OSCPeer.oscdump.listening(at: port, log: stack.folder.appending("peer.log")) { ear in
                try await stack.withUploader { uploader in
                    await stack.startBeating(every: .seconds(1))
                    await ear.untilHears(beginnings: [
                        "/avatar/parameters/isHRConnected T", "/hearts/anna/hr_connected T",
                        "/hearts/ben/hr_connected T",
                    ])
                    try (whole + "outputs:\n" + ofBoth)
                        .write(toFile: stack.configuration, atomically: true, encoding: .utf8)
                    let before = ear.count
                    try uploader.send(.terminalClosed)
                    await ear.untilHears(Self.reset(below: "/avatar/parameters/"), from: before)
                    // The end is sent twice, with this name as the last.
                    await ear.lines.until { lines in
                        let ends = lines.dropFirst(before).map(OSCEar.message)
                        return ends.count { $0 == "/avatar/parameters/HR/Connected F" } == 2
                    }
                    let after = ear.count
                    await ear.untilHears(["/hearts/anna/hr_connected T", "/hearts/ben/hr_connected T"], from: after)
                    #expect(!ear.lines.all.dropFirst(after).contains { $0.contains("/avatar/parameters/") })
                    await stack.stopBeating()
                    await uploader.stop()
                    await ear.untilHears(["/hearts/anna/hr_connected F", "/hearts/ben/hr_connected F"], from: after)
                }
            }
        }
    }

    /// A real avahi-daemon and python-oscquery in place of VRChat, as far as this machine has a network with multicast.
    @Test(.enabled(if: OSCPeer.python != nil && getuid() == 0, "make test-osc, as root"))
    func run_whenVRChatIsAnnounced_sendsItTheNamesOfTheWornAvatar() async throws {
        let python = try #require(OSCPeer.python)
        let stack = try await StackFixture()
        let port = await freePort()
        let environment = Environment.inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": stack.bus.address])
        let settings = stack.file("avahi.conf")
        try "[server]\nuse-ipv6=no\n".write(toFile: settings, atomically: true, encoding: .utf8)
        let avahi = ProgramRunner(
            path: "/usr/sbin/avahi-daemon", environment: environment, log: stack.folder.appending("avahi.log"))
        let vrchat = ProgramRunner(path: python, environment: .inherit, log: stack.folder.appending("vrchat.log"))
        try await stack.withHub { _, _ in
            try append(
                "outputs: [{ kind: osc, strap: anna, find: vrchat, targets: [\"127.0.0.1:\(port)\"] }]\n", to: stack)
            try await avahi.serve(
                ["--file", settings, "--no-drop-root", "--no-chroot", "--no-rlimits"], waitsForLine: false,
                mayCrash: true
            ) { _ in
                try await vrchat.serve([OSCPeer.script("vrchat.py")], waitsForLine: true, mayCrash: true) { running in
                    let ear = OSCEar(lines: running.lines)
                    try await stack.withUploader { uploader in
                        await stack.startBeating(every: .seconds(1))
                        await ear.untilHears(beginnings: [
                            "/avatar/parameters/HR i", "/avatar/parameters/VRCOSC/Heartrate/Value i",
                        ])
                        let before = ear.count
                        await ear.untilHears(
                            beginnings: [
                                "/avatar/parameters/HR i", "/avatar/parameters/isHRConnected T",
                                "/avatar/parameters/VRCOSC/Heartrate/Value i",
                            ], from: before)
                        let names = Set(ear.lines.all.dropFirst(before).map { OSCEar.message($0).prefix { $0 != " " } })
                        #expect(
                            names == [
                                "/avatar/parameters/HR", "/avatar/parameters/isHRConnected",
                                "/avatar/parameters/VRCOSC/Heartrate/Value",
                            ])
                        await stack.stopBeating()
                        await uploader.stop()
                    }
                }
            }
        }
    }

    private func append(_ yaml: String, to stack: StackFixture) throws {
        let whole = try String(contentsOfFile: stack.configuration, encoding: .utf8)
        try (whole + yaml).write(toFile: stack.configuration, atomically: true, encoding: .utf8)
    }
}
