import BlueZ
import BlueZSimulator
import DBus
import Destinations
import HeartRate
import Logging
import Outbox
import TestKit
import Testing
import Timing

@testable import Outputs

@Suite(.timeLimit(.minutes(10)))
struct BluetoothOutputKindTests {
    private static let reader = "00:11:22:33:44:01"

    private let kind: any OutputKind = BluetoothOutputKind()
    private let time = ManualTime()

    @Test(
        arguments: [
            (["adapter": .text("hci0")], "adapter", "`bluetoothctl list` shows them"),
            (["local_name": .text("")], "local_name", "from 1 to 22 bytes"),
            (["local_name": .text("a name of 23 bytes, see")], "local_name", "from 1 to 22 bytes"),
            (["local_name": .text("two\nlines")], "local_name", "all printable"),
        ] as [([String: OptionValues.Value], String, String)])
    func options_withAMistake_areRefused(values: [String: OptionValues.Value], key: String, words: String) throws {
        let mistake = try #require(kind.firstMistake(in: OptionValues(values), showsSeveral: false))
        #expect(mistake.key == key && mistake.message.contains(words), "\(mistake)")
    }

    @Test func options_withoutAMistake_areTaken_butNotForSeveralStraps() {
        let values = OptionValues([
            "adapter": .text("00:AA:01:00:00:43"), "local_name": .text("a name of 22 bytes, ok"),
        ])
        #expect(kind.firstMistake(in: values, showsSeveral: false) == nil)
        #expect(kind.firstMistake(in: OptionValues(), showsSeveral: false) == nil)
        #expect(kind.firstMistake(in: values, showsSeveral: true)?.message.contains("name it with `strap`") == true)
    }

    @Test func twoSensors_needTwoAdapters() {
        func place(_ adapter: String?) -> [String] {
            var values = OptionValues()
            values["adapter"] = adapter.map { .text($0) }
            return kind.places(of: values, straps: ["chest"])
        }
        #expect(place(nil) == ["the sensor of the first adapter"])
        #expect(place("00:AA:01:00:00:43") == place("00:aa:01:00:00:43"))
        #expect(place("00:AA:01:00:00:43") != place("00:AA:01:00:00:42"))
    }

    @Test(arguments: [
        ("chest", "Strapline chest"), ("a very long name of a strap", "Strapline a very long"),
        ("\u{1F493}\u{1F493}\u{1F493}\u{1F493}", "Strapline \u{1F493}\u{1F493}\u{1F493}"), ("a\nb", "Strapline a b"),
    ])
    func name_ofTheSensor_fitsIntoAnAdvertisement(strap: String, name: String) throws {
        let settings = try BluetoothOutputSettings(OptionValues())
        #expect(settings.name(for: strap) == name)
        #expect(name.utf8.count <= HeartRatePeripheral.mostNameBytes)
    }

    @Test func summary_namesTheSensorAndItsAdapter() {
        var settings = OutputSettings(name: "bluetooth", strap: "chest", runtimeFolder: "/run")
        #expect(kind.summary(of: settings) == "a Bluetooth sensor named Strapline chest")
        settings.strap = nil
        #expect(kind.summary(of: settings) == "a Bluetooth sensor")
        settings.options = OptionValues(["adapter": .text("00:AA:01:00:00:43"), "local_name": .text("TV")])
        #expect(kind.summary(of: settings) == "a Bluetooth sensor named TV on the adapter 00:AA:01:00:00:43")
    }

    private func take(_ measurement: HeartRateMeasurement, _ live: LiveStraps) {
        time.advance(milliseconds: 1000)
        let now = time.now()
        live.take(
            StrapEvent(strap: "chest", at: now, kind: .measurement(measurement)),
            Reading(
                strap: "chest", measurement: measurement, measuredAtMilliseconds: now.wallMilliseconds,
                bootMilliseconds: now.bootMilliseconds))
    }

    private func enter(_ phase: StrapState.Phase, _ live: LiveStraps) {
        live.take(StrapEvent(strap: "chest", at: time.now(), kind: .state(StrapState(phase: phase))))
    }

    @Test func output_servesEachPacketAsItCame_nothingAfterALoss_andEndsWithTheFeed() async throws {
        let daemon = try PrivateBus()
        let simulator = try await Simulator.start(on: daemon.address)
        let live = LiveStraps(straps: ["chest"], time: time)
        let feed = OutputFeed(
            name: "bluetooth", strap: nil, of: live, clock: ContinuousClock(), time: time,
            logger: Logger(label: "test"))
        let output = BluetoothOutput(
            settings: try BluetoothOutputSettings(OptionValues()), strap: nil,
            context: OutputContext(time: time, logger: Logger(label: "test")),
            openBus: { try await Bus.connect(to: daemon.address) })
        let packets: [[UInt8]] = [[0x16, 0x48, 0x55, 0x03], [0xE1, 0x48, 0x00], [0x00, 0x49]]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await output.run(feed) }
            enter(.live, live)
            take(try HeartRateMeasurement(decoding: packets[2]), live)
            try await simulator.until { $0.adapters["hci0"]?.isAdvertising == true }
            #expect(await simulator.status.adapters["hci0"]?.advertisements[0].localName == "Strapline chest")
            try await simulator.connectReader(Self.reader)
            try await simulator.subscribeReader(Self.reader)
            for packet in packets { take(try HeartRateMeasurement(decoding: packet), live) }
            try await simulator.until { $0.adapters["hci0"]?.readers[Self.reader]?.values == packets }
            enter(.disconnected, live)
            try await simulator.until { $0.adapters["hci0"]?.isAdvertising == false }
            #expect(await simulator.status.adapters["hci0"]?.readers[Self.reader]?.values == packets)
            feed.end(.programEnds)
            try await group.waitForAll()
        }
        try await simulator.until { $0.adapters["hci0"]?.applications == 0 }
        #expect(feed.status.state == .noValue)
    }

    @Test func output_whileBluetoothdIsAway_fails_andWorksAgain() async throws {
        let daemon = try PrivateBus()
        let simulator = try await Simulator.start(on: daemon.address)
        await simulator.stop()
        let live = LiveStraps(straps: ["chest"], time: time)
        let feed = OutputFeed(
            name: "bluetooth", strap: "chest", of: live, clock: ContinuousClock(), time: time,
            logger: Logger(label: "test"))
        let output = BluetoothOutput(
            settings: try BluetoothOutputSettings(OptionValues()), strap: "chest",
            context: OutputContext(time: time, logger: Logger(label: "test")),
            openBus: { try await Bus.connect(to: daemon.address) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await output.run(feed) }
            while feed.status.state != .failing { await Task.yield() }
            let reason = try #require(feed.status.reason)
            #expect(reason.contains("bluetoothd"), "\(reason)")
            try await simulator.restart()
            enter(.live, live)
            take(HeartRateMeasurement(beatsPerMinute: 72), live)
            try await simulator.until { $0.adapters["hci0"]?.isAdvertising == true }
            while feed.status.state != .sending { await Task.yield() }
            group.cancelAll()
        }
    }
}
