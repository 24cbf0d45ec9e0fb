import DBus
import Datagrams
import DestinationHarness
import Logging
import TestKit
import Testing

@testable import Outputs

@Suite(.timeLimit(.minutes(10))) struct VRChatFinderTests {
    private static let avatar = """
        {"FULL_PATH": "/avatar", "ACCESS": 0, "CONTENTS": {
          "change": {"FULL_PATH": "/avatar/change", "ACCESS": 1, "TYPE": "s", "VALUE": ["avtr_1"]},
          "parameters": {"FULL_PATH": "/avatar/parameters", "ACCESS": 0, "CONTENTS": {
            "HR": {"FULL_PATH": "/avatar/parameters/HR", "ACCESS": 3, "TYPE": "i", "VALUE": [0]},
            "VRCOSC": {"FULL_PATH": "/avatar/parameters/VRCOSC", "ACCESS": 0, "CONTENTS": {
              "Heartrate": {"FULL_PATH": "/avatar/parameters/VRCOSC/Heartrate", "CONTENTS": {
                "Value": {"FULL_PATH": "/avatar/parameters/VRCOSC/Heartrate/Value", "ACCESS": 3, "TYPE": "i"}}}}}}}}}
        """

    private let bus: PrivateBus

    init() throws {
        bus = try PrivateBus()
    }

    private func finder(_ clock: any Clock<Duration> = ContinuousClock()) -> VRChatFinder {
        let address = bus.address
        let context = OutputContext(webLimits: .patient, clock: clock, logger: Logger(label: "test"))
        return VRChatFinder(context) { try await Bus.connect(to: address) }
    }

    /// Answers as VRChat does, whatever the order of the requests.
    private func withVRChat(
        oscPort: Int, address: String = "10.0.0.1", avatar: String = avatar,
        _ body: @Sendable (StubServer) async throws -> Void
    ) async throws {
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                let host = """
                    {"NAME": "VRChat-Client-1A2b3C", "OSC_IP": "\(address)", "OSC_PORT": \(oscPort),
                    "OSC_TRANSPORT": "UDP", "EXTENSIONS": {"ACCESS": true}}
                    """
                try await connection.answer(request.target == "/?HOST_INFO" ? .json(200, host) : .json(200, avatar))
            }
        } during: {
            try await body($0)
        }
    }

    @Test func run_whenVRChatIsAnnounced_findsItsPortAtTheAnnouncedAddressAndItsParameters() async throws {
        try await withVRChat(oscPort: 9012) { server in
            let name = "VRChat-Client-1A2b3C"
            let avahi = try await SimulatedAvahi.start(
                on: bus.address,
                announcing: [
                    .init(name: "OyasumiVR", address: "127.0.0.1", port: 1),
                    .init(name: name, address: "127.0.0.1", port: server.port),
                ])
            let clock = ManualClock()
            let finder = finder(clock)
            async let _: Void = finder.run()
            let expected = DatagramAddress(host: "127.0.0.1", port: 9012)
            await clock.untilSleeping()
            let receivers = await finder.receivers
            #expect(Array(receivers.keys) == [expected])
            let avatar = try #require(receivers[expected])
            #expect(avatar.takes("/avatar/parameters/HR"))
            #expect(avatar.takes("/avatar/parameters/VRCOSC/Heartrate/Value"))
            #expect(!avatar.takes("/avatar/parameters/VRCOSC/Heartrate"))
            #expect(!avatar.takes("/avatar/parameters/Heartrate3"))
            #expect(avatar.takes("/chatbox/input"))
            #expect(await finder.problem == nil)

            try await avahi.withdraw(name)
            async let _: Void = clock.waitOutEverything(upTo: .seconds(5))
            while await !finder.receivers.isEmpty { await Task.yield() }
        }
    }

    @Test(arguments: ["{}", "[]", "<html>", #"{"FULL_PATH": "/avatar", "CONTENTS": {}}"#])
    func run_whenTheTreeSaysNothing_takesAllNames(_ tree: String) async throws {
        try await withVRChat(oscPort: 9012, avatar: tree) { server in
            let avahi = try await SimulatedAvahi.start(
                on: bus.address,
                announcing: [.init(name: "VRChat-Client-1A2b3C", address: "127.0.0.1", port: server.port)])
            let clock = ManualClock()
            let finder = finder(clock)
            async let _: Void = finder.run()
            await clock.untilSleeping()
            let avatar = await finder.receivers[DatagramAddress(host: "127.0.0.1", port: 9012)]
            #expect(avatar?.takes("/avatar/parameters/Heartrate3") == true)
            withExtendedLifetime(avahi) {}
        }
    }

    @Test func run_withoutAvahi_saysSoAndTriesAgain() async throws {
        let clock = ManualClock()
        let finder = finder(clock)
        async let _: Void = finder.run()
        await clock.untilSleeping()
        #expect(await finder.problem == "avahi-daemon does not run on this machine")
        let avahi = try await SimulatedAvahi.start(on: bus.address, announcing: [])
        async let _: Void = clock.waitOutEverything(upTo: .seconds(30))
        while await finder.problem != nil { await Task.yield() }
        withExtendedLifetime(avahi) {}
    }

    @Test(arguments: [
        ("VRChat-Client-1A2b3C", true), ("VRChat-Client-1A2b3", false), ("VRChat-Client-1A2b3C4", false),
        ("VRChat-Client-1A2b3 ", false), ("OyasumiVR", false), ("xVRChat-Client-1A2b3C", false),
        ("VRChat-Client-äöüß12", false),
    ])
    func isVRChat_ofAName_needsSixLettersOrDigits(_ name: String, _ expected: Bool) {
        #expect(VRChatFinder.isVRChat(name) == expected)
    }

    @Test(arguments: [
        #"{"OSC_PORT": 0}"#, #"{"OSC_PORT": 70000}"#, #"{"OSC_PORT": -1}"#, #"{"OSC_PORT": "9000"}"#, "{}", "",
        #"{"OSC_PORT": 9000, "OSC_TRANSPORT": "TCP"}"#,
    ])
    func host_withoutAPortForDatagrams_isNone(_ body: String) {
        #expect(OSCQueryHost(Array(body.utf8)) == nil)
        #expect(OSCQueryHost(Array(#"{"OSC_PORT": 9000}"#.utf8))?.port == 9000)
    }

    @Test func tree_ofAnyDepth_isReadToABoundedOne() {
        let deep =
            String(repeating: #"{"CONTENTS": {"a": "#, count: 100) + #"{"FULL_PATH": "/a", "TYPE": "i"}"#
            + String(repeating: "}}", count: 100)
        #expect(OSCQueryTree(Array(deep.utf8)) == nil)
    }
}
