import BlueZ
import DestinationHarness
import Destinations
import HeartRate
import Logging
import Outbox
import ServiceLifecycle
import TestKit
import Timing

@testable import Outputs

/// Straps whose events a test makes, and outputs that show them.
struct OutputFixture: Sendable {
    let time = ManualTime()
    let live: LiveStraps
    let lines = Recorder<String>()

    init(_ straps: [String] = ["anna"]) {
        live = LiveStraps(straps: straps, time: time)
    }

    var logger: Logger { Logger(label: "test") { [lines] _ in RecordingLogHandler(lines) } }

    func feed(
        _ name: String = "test", strap: String? = nil, clock: any Clock<Duration> = ContinuousClock()
    )
        -> OutputFeed
    {
        OutputFeed(name: name, strap: strap, of: live, clock: clock, time: time, logger: logger)
    }

    func context(clock: any Clock<Duration> = ContinuousClock()) -> OutputContext {
        OutputContext(webLimits: .patient, clock: clock, time: time, logger: logger, version: "1.2.3")
    }

    func state(_ phase: StrapState.Phase, of strap: String = "anna") {
        live.take(StrapEvent(strap: strap, at: time.now(), kind: .state(StrapState(phase: phase))))
    }

    func details(_ details: StrapDetails, of strap: String = "anna") {
        live.take(StrapEvent(strap: strap, at: time.now(), kind: .details(details)))
    }

    /// A packet a second after the last one.
    func measure(
        _ rate: UInt16, of strap: String = "anna", contact: SensorContact = .detected, rr: [UInt16] = []
    ) {
        time.advance(milliseconds: 1000)
        let measurement = HeartRateMeasurement(beatsPerMinute: rate, contact: contact, rrIntervals: rr)
        let now = time.now()
        live.take(
            StrapEvent(strap: strap, at: now, kind: .measurement(measurement)),
            Reading(
                strap: strap, measurement: measurement, measuredAtMilliseconds: now.wallMilliseconds,
                bootMilliseconds: now.bootMilliseconds))
    }

    /// Live with its first heart rate.
    func goLive(_ rate: UInt16, of strap: String = "anna") {
        state(.live, of: strap)
        measure(rate, of: strap)
    }

    /// Runs an output of this kind beside `body`, and ends it as the program does.
    func running(
        _ kind: any OutputKind, _ options: [String: OptionValues.Value], strap: String? = nil,
        clock: any Clock<Duration> = ContinuousClock(), _ body: @Sendable (OutputFeed) async throws -> Void
    ) async throws {
        let settings = OutputSettings(
            name: kind.name, strap: strap, options: OptionValues(options), runtimeFolder: "/nowhere")
        let feed = feed(kind.name, strap: strap, clock: clock)
        let context = context(clock: clock)
        try await running(feed, clock: clock, { try kind.output(settings, context) }, body)
    }

    func running(
        _ feed: OutputFeed, clock: any Clock<Duration> = ContinuousClock(),
        _ make: @escaping @Sendable () throws -> any Output, _ body: @Sendable (OutputFeed) async throws -> Void
    ) async throws {
        let supervisor = OutputSupervisor(clock: clock)
        await supervisor.start(feed, make)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [supervisor, OutputEndingService(supervisor)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(feed)
            } catch {
                tasks.cancelAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// An output that records the states of its strap.
struct RecordingOutput: Output {
    let shown = Recorder<String>()
    let ending = Recorder<OutputEnding>()

    func run(_ feed: OutputFeed) async throws {
        while let update = await feed.next() {
            for strap in update.straps where strap.isChanged {
                shown.append("\(strap.name) \(strap.beatsPerMinute.map(String.init) ?? strap.stateWord)")
            }
            if let why = update.ending { ending.append(why) }
            feed.sent()
        }
    }
}

/// Returns when the condition holds. Other tasks run in between.
func until(_ condition: () -> Bool) async throws {
    while !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}
