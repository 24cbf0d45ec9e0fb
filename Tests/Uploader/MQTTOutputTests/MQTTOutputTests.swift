import BlueZ
import Destinations
import FoundationEssentials
import HeartRate
import Logging
import MQTT
import MosquittoHarness
import Outbox
import TestKit
import Testing
import Timing

@testable import Outputs

/// The output at a real broker, with mosquitto_sub as the reader.
@Suite(.timeLimit(.minutes(10))) struct MQTTOutputTests {
    /// A running output with the straps that it shows. Their time stands still between the readings: on a busy machine
    /// none is too old.
    private struct Bench: Sendable {
        let time = ManualTime()
        let live: LiveStraps
        /// Its clock ends no output that is slow at its end.
        let supervisor = OutputSupervisor(clock: ManualClock())
        let feed: OutputFeed
        let log = Recorder<String>()

        init(
            _ options: [String: OptionValues.Value], libraryName: String = MosquittoLibrary.name,
            jitter: Duration = .zero, clock: any Clock<Duration> = ContinuousClock()
        ) async throws {
            let logger = Logger(label: "test") { [log] _ in RecordingLogHandler(log) }
            let context = OutputContext(clock: clock, time: time, logger: logger, version: "1")
            live = LiveStraps(straps: ["chest"], time: time)
            feed = OutputFeed(name: "mqtt", strap: nil, of: live, clock: clock, time: time, logger: logger)
            let output = MQTTOutput(
                try MQTTFixture.settings(options), context, libraryName: libraryName, answerLimit: .seconds(300)
            ) { jitter }
            await supervisor.start(feed) { output }
        }

        /// Runs the output while `body` runs.
        func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await supervisor.run() }
                try await body()
                group.cancelAll()
            }
        }

        func beat(_ rate: UInt16, contact: SensorContact = .detected) {
            time.advance(milliseconds: 1000)
            let now = time.now()
            let measurement = HeartRateMeasurement(beatsPerMinute: rate, contact: contact, rrIntervals: [1024])
            live.take(StrapEvent(strap: "chest", at: now, kind: .state(StrapState(phase: .live))))
            live.take(
                StrapEvent(strap: "chest", at: now, kind: .measurement(measurement)),
                Reading(
                    strap: "chest", measurement: measurement, measuredAtMilliseconds: now.wallMilliseconds,
                    bootMilliseconds: now.bootMilliseconds))
        }

        func lose() {
            live.take(StrapEvent(strap: "chest", at: time.now(), kind: .state(StrapState(phase: .disconnected))))
        }

        /// Returns when the output has failed with such a reason.
        func untilFailed(_ part: String) async {
            await log.until { lines in lines.contains { $0.hasPrefix("the output fails") && $0.contains(part) } }
        }
    }

    private func options(_ broker: MosquittoBroker) -> [String: OptionValues.Value] {
        ["address": .text(broker.address)]
    }

    /// Runs an output at a broker, with a reader of all topics that was there before, while `body` runs.
    private func running(
        at broker: MosquittoBroker, jitter: Duration = .zero, clock: any Clock<Duration> = ContinuousClock(),
        _ body: @escaping @Sendable (MosquittoBroker, LineProgram, Bench) async throws -> Void
    ) async throws {
        let subscriber = try await broker.subscriber()
        let bench = try await Bench(options(broker), jitter: jitter, clock: clock)
        try await bench.run { try await body(broker, subscriber, bench) }
    }

    /// Returns when the output has announced the device. From then on it publishes each change once.
    private func untilAnnounced(to subscriber: LineProgram) async {
        await subscriber.until { lines in lines.contains { $0.hasPrefix("0 1 \(MQTTFixture.config) {") } }
    }

    // MARK: Values

    @Test func strap_whenItIsLiveAndLost_isShownAtTheBroker() async throws {
        try await running(at: MosquittoBroker()) { _, subscriber, bench in
            await subscriber.until { $0.contains("0 1 strapline/chest/status offline") }
            #expect(subscriber.lines.contains("0 1 \(MQTTFixture.link) online"))
            await untilAnnounced(to: subscriber)
            bench.beat(72)
            await subscriber.until { $0.contains { $0.contains("\"rr_ms\":[1000]") } }
            #expect(subscriber.lines.contains("0 0 strapline/chest/heart_rate 72"))
            #expect(subscriber.lines.contains("0 1 strapline/chest/status online"))
            #expect(subscriber.lines.contains("0 1 strapline/chest/contact ON"))
            bench.lose()
            await subscriber.until { $0.contains("0 0 strapline/chest/heart_rate None") }
            await subscriber.until { $0.filter { $0 == "0 1 strapline/chest/status offline" }.count == 2 }
            #expect(!subscriber.lines.contains { $0.hasSuffix("heart_rate 0") })
        }
    }

    @Test func heartRate_whenAReaderComesLater_isNotShownToIt() async throws {
        try await running(at: MosquittoBroker()) { broker, subscriber, bench in
            await untilAnnounced(to: subscriber)
            bench.beat(72)
            await subscriber.until { $0.contains { $0.hasPrefix("0 0 strapline/chest/reading {") } }
            let later = try await broker.subscriber()
            await later.until { $0.contains("1 1 strapline/chest/contact ON") }
            #expect(!later.lines.contains { $0.contains("heart_rate 72") })
            #expect(!later.lines.contains { $0.contains("/reading") })
        }
    }

    @Test func homeAssistant_whenItStarts_isGivenEverythingAgain() async throws {
        try await running(at: MosquittoBroker(), jitter: .milliseconds(20)) { broker, subscriber, bench in
            await untilAnnounced(to: subscriber)
            bench.beat(72)
            await subscriber.until { $0.contains("0 0 strapline/chest/heart_rate 72") }
            try await broker.publish("homeassistant/status", "online")
            await subscriber.until { lines in
                lines.filter { $0.hasPrefix("0 1 \(MQTTFixture.config) {") }.count == 2
                    && lines.filter { $0 == "0 0 strapline/chest/heart_rate 72" }.count == 2
            }
            #expect(subscriber.lines.filter { $0 == "0 1 \(MQTTFixture.link) online" }.count == 2)
        }
    }

    // MARK: The end

    @Test func output_whenTheProgramEnds_saysThatThereIsNoValue() async throws {
        // On a busy machine too, the output has the time to hear that the broker has everything.
        try await running(at: MosquittoBroker(), clock: ManualClock()) { _, subscriber, bench in
            bench.beat(72)
            await subscriber.until { $0.contains("0 0 strapline/chest/heart_rate 72") }
            await bench.supervisor.stop(["mqtt"], .programEnds)
            let lines = await subscriber.until { $0.contains("0 1 \(MQTTFixture.link) offline") }
            #expect(lines.contains("0 0 strapline/chest/heart_rate None"))
            #expect(lines.contains("0 1 strapline/chest/status offline"))
            #expect(!lines.contains("0 1 \(MQTTFixture.config) "))
        }
    }

    @Test func output_whenItIsRemoved_leavesNothingRetained() async throws {
        try await running(at: MosquittoBroker(), clock: ManualClock()) { broker, subscriber, bench in
            bench.beat(72)
            await subscriber.until { $0.contains("0 0 strapline/chest/heart_rate 72") }
            await bench.supervisor.stop(["mqtt"], .outputRemoved)
            await subscriber.until { $0.contains("0 1 \(MQTTFixture.link) ") }
            try await broker.publish("end", "x", isRetained: true)
            let later = try await broker.subscriber()
            let lines = await later.until { $0.contains("1 1 end x") }
            #expect(lines.filter { $0.hasPrefix("1 ") } == ["1 1 end x"])
        }
    }

    @Test func strap_whenItIsRemoved_leavesNoDevice() async throws {
        try await running(at: MosquittoBroker()) { _, subscriber, bench in
            await subscriber.until { $0.contains("0 1 \(MQTTFixture.link) online") }
            bench.live.follow(["arm"], newDevices: [])
            await subscriber.until { $0.contains("0 1 \(MQTTFixture.config) ") }
            await subscriber.until { lines in
                lines.contains { $0.hasPrefix("0 1 homeassistant/device/strapline_arm/config {") }
            }
        }
    }

    @Test func strap_whenItWasRemovedBeforeTheStart_leavesNoDevice() async throws {
        let broker = try await MosquittoBroker()
        let list = #"{"discovery_prefix":"homeassistant","straps":["old","chest"]}"#
        try await broker.publish(MQTTFixture.straps, list, isRetained: true)
        try await running(at: broker) { _, subscriber, _ in
            await subscriber.until { $0.contains("0 1 homeassistant/device/strapline_old/config ") }
            await subscriber.until { $0.contains("0 1 strapline/old/battery ") }
            #expect(!subscriber.lines.contains("0 1 \(MQTTFixture.config) "))
        }
    }

    // MARK: Failures

    @Test func broker_whenItIsKilledAndComesBack_isGivenThePresentOnly() async throws {
        let clock = ManualClock()
        try await running(at: MosquittoBroker(), clock: clock) { broker, before, bench in
            bench.beat(72)
            await before.until { $0.contains("0 0 strapline/chest/heart_rate 72") }
            broker.kill()
            await bench.untilFailed("the connection to the broker was lost")
            for rate in UInt16(100)..<120 { bench.beat(rate) }
            try await broker.start()
            let after = try await broker.subscriber()
            // The output tries again when the reader is there, because it sends the rate once.
            await clock.untilSleeping()
            clock.advance(by: .seconds(30))
            await after.until { $0.contains { $0.hasSuffix("heart_rate 119") } }
            let rates = after.lines.filter { $0.contains("/heart_rate ") && $0.contains("strapline/chest") }
            #expect(rates == ["0 0 strapline/chest/heart_rate 119"])
            await bench.log.until { lines in lines.contains { $0.hasPrefix("the output works again") } }
            #expect(bench.feed.status.state == .sending)
            #expect(bench.feed.status.reason == nil)
        }
    }

    @Test func broker_whenItIsDownAtTheStart_holdsUpNothing() async throws {
        let deaf = DeafPort()
        let bench = try await Bench(["address": .text("mqtt://127.0.0.1:\(deaf.port)")])
        try await bench.run {
            await bench.untilFailed("no program listens at the broker's address")
            await bench.supervisor.stop(["mqtt"], .programEnds)
        }
    }

    @Test func login_whenItIsRefused_isTheReason() async throws {
        var setting = MosquittoBroker.Options()
        setting.login = ("me", "right")
        let broker = try await MosquittoBroker(setting)
        let bench = try await Bench(options(broker))
        try await bench.run { await bench.untilFailed("`password_file`") }
    }

    @Test func login_whenItIsRight_isAcceptedOverTLS() async throws {
        var setting = MosquittoBroker.Options()
        setting.login = ("me", "right one")
        setting.isSecure = true
        let broker = try await MosquittoBroker(setting)
        let folder = TemporaryDirectory()
        try Data("right one\n".utf8).write(to: URL(filePath: folder.file("password")))
        let subscriber = try await broker.subscriber()
        let bench = try await Bench([
            "address": .text(broker.address), "user": .text("me"), "password_file": .text(folder.file("password")),
            "ca_file": .text(broker.authority),
        ])
        try await bench.run { await subscriber.until { $0.contains("0 1 \(MQTTFixture.link) online") } }
    }

    @Test func library_whenItIsMissing_isTheReason() async throws {
        let bench = try await Bench(["address": .text("mqtt://127.0.0.1")], libraryName: "libmissing.so.1")
        try await bench.run { await bench.untilFailed("sudo apt install libmosquitto1") }
    }

    @Test func clientID_whenAnotherUploaderHasIt_isTheReason() async throws {
        let broker = try await MosquittoBroker()
        let first = try await Bench(options(broker))
        let second = try await Bench(options(broker))
        try await first.run {
            try await second.run {
                let part = "the client id \(MQTTFixture.clientID): set another `client_id`"
                await withTaskGroup(of: Void.self) { group in
                    for bench in [first, second] { group.addTask { await bench.untilFailed(part) } }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    // MARK: The doctor

    @Test func probe_whenTheBrokerAcceptsTheLogin_saysSo() async throws {
        let broker = try await MosquittoBroker()
        let settings = OutputSettings(
            name: "mqtt", options: OptionValues(["address": .text(broker.address)]), runtimeFolder: "/tmp")
        let context = OutputContext(clock: ManualClock(), logger: Logger(label: "test"))
        #expect(await MQTTKind().probe(settings, context) == .works("\(broker.address) accepts the connection"))
        broker.kill()
        guard case .broken(let reason, _) = await MQTTKind().probe(settings, context) else {
            Issue.record("a broker that is down works")
            return
        }
        #expect(reason.contains("no program listens"))
    }
}
