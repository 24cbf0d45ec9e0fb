import DBus

/// A fake bluetoothd: the service `org.bluez` on any bus, with adapters and straps that a test controls.
///
/// ```swift
/// let simulator = try await Simulator.start(on: address)
/// await simulator.add(SimulatedStrap(address: "C0:FF:EE:00:00:01", name: "Strap"))
/// try await simulator.untilSubscribed("C0:FF:EE:00:00:01")
/// let sent = await simulator.notify("C0:FF:EE:00:00:01")
/// ```
///
/// A pure value decides the behaviour. The actor shows its changes on the bus and keeps time. Behaviour and texts
/// follow BlueZ 5.66 ([API](https://git.kernel.org/pub/scm/bluetooth/bluez.git/tree/doc?h=5.66)).
public actor Simulator {
    /// The events that the simulator waits for.
    enum TimerKey: Hashable {
        /// A temporary device that is no longer seen.
        case forget(ObjectPath)
        case connect(ObjectPath)
        case resolve(ObjectPath)
        /// The link to a device with a silent strap or a dead daemon.
        case linkLoss(ObjectPath)
        case beats(strap: String)
        case reader(String)
        case clientWatch
    }

    private let address: String
    let timing: SimulatorTiming
    let clock: any Clock<Duration>
    private let onMeasurement: (@Sendable (SentMeasurement) -> Void)?
    private var bus: Bus?
    var world = World()
    var pendingConnects: [ObjectPath: CheckedContinuation<Void, any Error>] = [:]
    /// The tasks of straps and time-outs. They have no parent, and are cancelled with the bus.
    private var timers: [TimerKey: Task<Void, Never>] = [:]
    private var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    private var nextWatcherID = 0

    private init(
        address: String, timing: SimulatorTiming, clock: any Clock<Duration>,
        onMeasurement: (@Sendable (SentMeasurement) -> Void)?
    ) {
        self.address = address
        self.timing = timing
        self.clock = clock
        self.onMeasurement = onMeasurement
    }

    deinit {
        for timer in timers.values { timer.cancel() }
    }

    /// Starts on the bus at `address`. Returns when `org.bluez` and the adapters are there.
    ///
    /// The clock drives time-outs and beats. `onMeasurement` is called with each measurement right before it is sent.
    public static func start(
        on address: String, adapters: [SimulatedAdapter] = [SimulatedAdapter()], timing: SimulatorTiming = .init(),
        clock: any Clock<Duration> = ContinuousClock(),
        onMeasurement: (@Sendable (SentMeasurement) -> Void)? = nil
    ) async throws -> Simulator {
        let simulator = Simulator(address: address, timing: timing, clock: clock, onMeasurement: onMeasurement)
        try await simulator.start(with: adapters)
        return simulator
    }

    /// Stops like `systemctl stop`: disconnects the straps, then releases the name.
    public func stop() async {
        dropLinks()
        await flush()
        try? await bus?.releaseName(BlueZName.service)
        // A client may have connected again until then.
        dropLinks()
        await leaveBus()
    }

    private func dropLinks() {
        for device in world.devices.values { world.dropLink(of: device.path) }
    }

    /// Ends as bluetoothd does when it is killed: the name drops without a word, the kernel keeps the links for a
    /// while.
    public func kill() async {
        await leaveBus()
    }

    /// Starts again after ``stop()`` or ``kill()``. A link that has survived a kill is connected without GATT objects,
    /// and ends after ``SimulatorTiming/orphanedLink``.
    public func restart() async throws {
        guard bus == nil else { return }
        try await joinBus(afterItsEnd: true)
        for device in world.devices.values where device.isConnected {
            startTimer(.linkLoss(device.path), after: timing.orphanedLink) { simulator in
                await simulator.change { $0.dropLink(of: device.path) }
            }
        }
    }

    /// Nil after ``stop()`` and ``kill()``.
    var connectedBus: Bus? { bus }

    /// The present state.
    public var status: SimulatorStatus { world.status }

    /// Waits until the state satisfies a condition. Throws `CancellationError` if the task is cancelled first.
    public func until(_ condition: @Sendable (SimulatorStatus) -> Bool) async throws {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        nextWatcherID += 1
        let id = nextWatcherID
        watchers[id] = continuation
        defer { watchers[id] = nil }
        if condition(world.status) { return }
        for await _ in changes where condition(world.status) { return }
        throw CancellationError()
    }

    /// Changes the world and shows the changes on the bus, in the order of the callers.
    @discardableResult
    func change<Result: Sendable>(_ change: @Sendable (inout World) throws -> Result) async rethrows -> Result {
        // Also when it throws something may have changed that a script waits for.
        defer { settle() }
        let result = try change(&world)
        await flush()
        return result
    }

    func flush() async {
        let actions = world.takeActions()
        settle()
        guard let bus, !actions.isEmpty else { return }
        await bus.show(actions) { self.interface($0, $1) }
        await bus.waitForSpace()
    }

    /// Does the work after a change of the world that does not concern the bus.
    func settle() {
        updateForgetTimers()
        for watcher in watchers.values { watcher.yield() }
    }

    /// Reports a measurement, to be sent with the next ``flush()``.
    func report(_ measurement: SentMeasurement) {
        onMeasurement?(measurement)
    }

    func stopTimer(_ key: TimerKey) {
        timers.removeValue(forKey: key)?.cancel()
    }

    func startTimer(
        _ key: TimerKey, after delay: Duration, _ action: @escaping @Sendable (isolated Simulator) async -> Void
    ) {
        startTask(key) { [weak self, clock] in
            guard (try? await clock.sleep(for: delay)) != nil else { return }
            await self?.fire(key, action)
        }
    }

    /// `body` must not keep the simulator alive while it waits.
    func startTask(_ key: TimerKey, _ body: @escaping @Sendable () async -> Void) {
        stopTimer(key)
        timers[key] = Task { await body() }
    }

    func isTimerRunning(_ key: TimerKey) -> Bool { timers[key] != nil }

    private func fire(_ key: TimerKey, _ action: @Sendable (isolated Simulator) async -> Void) async {
        guard !Task.isCancelled else { return }
        timers[key] = nil
        await action(self)
    }

    private func start(with adapters: [SimulatedAdapter]) async throws {
        for adapter in adapters { world.add(adapter) }
        try await joinBus()
    }

    private func joinBus(afterItsEnd isRestart: Bool = false) async throws {
        let bus = try await Bus.connect(to: address, clock: clock)
        await bus.exportObjectManager(at: "/")
        let clients = try await bus.vanishedClients()
        self.bus = bus
        startTask(.clientWatch) { [weak self] in
            do {
                for try await client in clients { await self?.change { $0.clientVanished(client) } }
            } catch {
                // The bus has gone and all its clients with it.
            }
        }
        world.exportAll()
        await flush()
        // The bus notices the end of the old connection a moment after it.
        if isRestart { try await bus.untilFree(BlueZName.service) }
        try await bus.requestName(BlueZName.service)
    }

    private func leaveBus() async {
        let bus = self.bus
        self.bus = nil
        for key in timers.keys {
            if case .beats = key { continue }  // hearts beat on
            stopTimer(key)
        }
        for path in pendingConnects.keys { finishConnect(path, .failure(BlueZError.connectionAbortedByLocal)) }
        world.daemonDied()
        await bus?.close()
        await flush()
    }

    /// Removes temporary devices some time after their last advertisement.
    private func updateForgetTimers() {
        for device in world.devices.values {
            let key = TimerKey.forget(device.path)
            if !device.isTemporary || world.isBeingSeen(device) {
                stopTimer(key)
            } else if !isTimerRunning(key) {
                startTimer(key, after: timing.temporaryDevice) { simulator in
                    guard simulator.world.devices[device.path]?.isTemporary == true else { return }
                    await simulator.change { $0.removeDevice(device.path) }
                }
            }
        }
    }
}
