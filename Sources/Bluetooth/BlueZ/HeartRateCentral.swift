public import DBus
import HeartRate
public import Logging
public import ServiceLifecycle
public import Timing

/// Holds on to heart rate straps through bluetoothd: finds them, connects, listens, and comes back after a drop.
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
/// One loop owns a ``CentralMachine``, in which each strap has its ``StrapSession`` and each adapter its
/// ``AdapterScheduler``. The loop feeds them what happens, performs what they answer, and never waits for anybody:
/// calls to BlueZ run beside it, and events for the consumer go through a bounded buffer.
public struct HeartRateCentral: Service {
    /// Measurements that wait for the consumer; what comes beyond is lost and counted. More than an hour of one strap,
    /// or 100 s of twenty straps that send four a second: no disk stalls for so long, and it is some 1 MB.
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

    /// - Parameters:
    ///   - straps: with unique names.
    ///   - time: stamps what arrives.
    ///   - clock: measures deadlines and pauses.
    ///   - logger: is told every change of state, and with level debug every call to BlueZ.
    ///   - radioSwitches: reads what may hold an adapter off.
    ///   - openBus: connects to the bus on which bluetoothd is; called again when the connection is lost.
    ///   - deliver: is given all events in the order in which they happened, as many at once as have come since it was
    ///     last called. It is not called again before it has returned: it may take its time, within
    ///     ``pendingMeasurementLimit``.
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

    /// Runs until graceful shutdown or cancellation; once.
    ///
    /// On graceful shutdown the links that were made here are ended, within 3 s, and everything that has arrived is
    /// delivered before this returns. On cancellation it returns at once.
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

    /// Holds on to these straps from now on, and to no others. The links of those that are the same stay as they are; a
    /// link that was made here for one that is gone, or is another now, is ended. Does nothing once the end has begun.
    public func change(to straps: [StrapConfiguration]) {
        inbox.send(.machine(.configured(straps)))
    }

    /// Returns when the loop has come to it, after all that waits by now; or when the task is cancelled. For a
    /// watchdog: a loop that hangs never does.
    public func answers() async {
        let (answer, answered) = AsyncStream.makeStream(of: Never.self)
        inbox.send(.asked(answered))
        for await _ in answer {}
    }

    private func loop(on clock: some Clock<Duration>, into events: EventBuffer) async {
        let client = BlueZClient(
            following: [BlueZSnapshot.Interface.battery], showing: .straps(straps), openBus: openBus, clock: clock,
            time: time, logger: logger, radioSwitches: radioSwitches
        ) { [inbox] snapshot in
            inbox.send(.machine(.observed(snapshot))) { waiting in
                guard case .machine(.observed(let older)) = waiting else { return false }
                // What a lost bus ends is not to be missed.
                return older.unavailable == nil && older.revision < snapshot.revision
            }
        }
        var loop = CentralLoop(
            straps: straps, clock: clock, time: time, client: client, inbox: inbox, events: events, logger: logger,
            advice: advice)
        await loop.run()
    }
}
