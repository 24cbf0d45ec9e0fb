public import DBus
import HeartRate
public import Logging
public import ServiceLifecycle
public import Timing

/// Keeps heart rate straps connected through bluetoothd: finds them, connects, subscribes, and reconnects.
///
/// ```swift
/// let central = HeartRateCentral(
///     straps: [StrapConfiguration(name: "chest", selector: .first)], time: KernelTime(), logger: logger
/// ) { events in
///     for event in events { … }
/// }
/// try await central.run()
/// ```
///
/// Each strap has a state machine, described in <doc:StrapSession>. Each adapter has one too, which shares it fairly
/// between scans and connections. One loop feeds them with events and performs their actions. It never waits: calls to
/// BlueZ run beside it, and the consumer has a bounded buffer.
public struct HeartRateCentral: Service {
    /// The most measurements between the bus and the consumer. Later ones are dropped and counted: see
    /// ``StrapEvent/Kind/overflow(lost:)``. The buffer takes about 1 MB. It holds more than an hour of one strap, or
    /// 100 s of twenty straps that send four measurements a second.
    public static let pendingMeasurementLimit = 8192

    private let straps: [StrapConfiguration]
    private let time: any TimeSource
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let radioSwitches: @Sendable () -> [RadioSwitch]
    private let advice: @Sendable (StrapAdvice) -> String
    private let openBus: @Sendable () async throws -> Bus
    private let deliver: @Sendable ([StrapEvent]) async -> Void
    private let inbox = Inbox<CentralInput>()

    /// Makes a central for these straps.
    ///
    /// - Parameters:
    ///   - straps: with unique names.
    ///   - time: stamps measurements and events.
    ///   - clock: measures deadlines and pauses.
    ///   - logger: gets each change of state, and with level debug each call to BlueZ.
    ///   - radioSwitches: reads the switches that may hold an adapter off.
    ///   - advice: words the advice in the log.
    ///   - openBus: connects to the bus on which bluetoothd is. Called again after the connection is lost.
    ///   - deliver: gets all events in order, as many at once as have come since the last call. The next call waits
    ///     until
    ///     it returns: it may take its time, within ``pendingMeasurementLimit``.
    public init(
        straps: [StrapConfiguration], time: any TimeSource, clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger, radioSwitches: @escaping @Sendable () -> [RadioSwitch] = { RadioSwitch.all() },
        advice: @escaping @Sendable (StrapAdvice) -> String = { "\($0)" },
        openBus: @escaping @Sendable () async throws -> Bus = { try await Bus.system() },
        deliver: @escaping @Sendable ([StrapEvent]) async -> Void
    ) {
        self.straps = straps
        self.time = time
        self.clock = clock
        self.logger = logger
        self.radioSwitches = radioSwitches
        self.advice = advice
        self.openBus = openBus
        self.deliver = deliver
    }

    /// Runs until graceful shutdown or cancellation. Call it once.
    ///
    /// On graceful shutdown, links that were made here are ended within 3 s, and all received measurements are
    /// delivered. On cancellation it returns at once.
    public func run() async {
        let events = EventBuffer(measurementLimit: Self.pendingMeasurementLimit)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while let batch = await events.takeAll() { await deliver(batch) }
            }
            await loop(on: clock, into: events)
            events.finish()
        }
    }

    /// Replaces the straps. Unchanged straps keep their links. Links that were made here for other straps are ended.
    /// Does nothing after the shutdown has begun.
    public func change(to straps: [StrapConfiguration]) {
        inbox.send(.machine(.configured(straps)))
    }

    /// Returns when the loop has handled all earlier events, or when the task is cancelled. For a watchdog: a hung loop
    /// does not answer.
    public func ping() async {
        let (answer, answered) = AsyncStream.makeStream(of: Never.self)
        inbox.send(.ping(answered))
        for await _ in answer {}
    }

    private func loop(on clock: some Clock<Duration>, into events: EventBuffer) async {
        let client = BlueZClient(
            following: [BlueZSnapshot.Interface.battery], showing: .straps(straps), openBus: openBus, clock: clock,
            time: time, logger: logger, radioSwitches: radioSwitches
        ) { [inbox] snapshot in
            inbox.send(.machine(.observed(snapshot))) { waiting in
                guard case .machine(.observed(let older)) = waiting else { return false }
                // Each loss of the bus must be seen.
                return older.unavailable == nil && older.revision < snapshot.revision
            }
        }
        var loop = CentralLoop(
            straps: straps, clock: clock, time: time, client: client, inbox: inbox, events: events, logger: logger,
            advice: advice)
        await loop.run()
    }
}
