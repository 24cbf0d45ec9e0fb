package import DBus
import HeartRate
package import Logging
import Timing

/// A Heart Rate sensor on an adapter of this machine: readers such as watches, phones and games connect to it.
///
/// ```swift
/// let peripheral = HeartRatePeripheral(localName: "Strapline chest", logger: logger) { print($0 as Any) }
/// try await peripheral.run()          // until the bus is lost
/// await peripheral.show(packet)       // from another task, with each packet of the strap
/// ```
///
/// It sends what it is given, and never repeats a value. It has a connection to the bus of its own, so that bluetoothd
/// removes everything with the process, also after a crash.
package actor HeartRatePeripheral {
    /// Beside the flags and the 16-bit UUID of the service, in the 31 bytes of an advertisement.
    package static let mostNameBytes = 22

    /// bluetoothd answers in milliseconds. It reads our objects before it answers.
    private static let callTimeout: Duration = .seconds(10)

    private enum Input: Sendable {
        case machine(PeripheralMachine.Event)
        case lost(BusError)
    }

    private let localName: String
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let openBus: @Sendable () async throws -> Bus
    private let report: @Sendable (PeripheralFault?) async -> Void
    private let inbox = Inbox<Input>()
    private var machine: PeripheralMachine
    private var details = StrapDetails()
    private var bus: Bus?
    private var hasReaders = false
    private var wakeAt: Duration?

    /// `localName` is the advertised name, of at most ``mostNameBytes``. Without an `adapter` it uses the first one
    /// that can do it. `report` gets the reason while nothing can be served, and nil when it works.
    package init(
        localName: String, adapter: BluetoothAddress? = nil, clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger, openBus: @escaping @Sendable () async throws -> Bus = { try await Bus.system() },
        report: @escaping @Sendable (PeripheralFault?) async -> Void
    ) {
        self.localName = localName
        self.clock = clock
        self.logger = logger
        self.openBus = openBus
        self.report = report
        machine = PeripheralMachine(adapter: adapter)
    }

    // MARK: Values

    /// Sends a packet to the subscribed readers. The first one begins the advertising.
    package func show(_ packet: [UInt8]) async {
        inbox.send(.machine(.live(true)), unlessWaiting: Self.mostWaiting)
        guard hasReaders else { return }
        try? await bus?.emit(PeripheralObjects.notification(packet))
    }

    /// There is no heart rate: sends nothing, and is not advertised until the next packet.
    package func showNothing() {
        inbox.send(.machine(.live(false)), unlessWaiting: Self.mostWaiting)
    }

    /// Lets readers read these details beside the heart rate.
    package func show(_ details: StrapDetails) {
        self.details = details
    }

    /// More events would mean that bluetoothd hangs; the next value asks again.
    private static let mostWaiting = 1000

    // MARK: Running

    /// Serves until the task is cancelled.
    /// - Throws: ``PeripheralFault`` if the bus is lost.
    package func run() async throws(PeripheralFault) {
        do {
            let bus = try await openBus()
            self.bus = bus
            try await export(on: bus)
            let mirror = try await withTimeout(BlueZClient.startTimeout, clock: clock) {
                try await ObjectMirror.start(
                    of: BlueZClient.service, on: bus,
                    following: [BlueZSnapshot.Interface.adapter, BlueZSnapshot.Interface.device],
                    keeping: Self.kept)
            }
            await mirror.observe { [inbox] update, objects in
                if let event = Self.event(of: update, objects) { inbox.send(.machine(event)) }
            } finish: { [inbox] error in
                if let error { inbox.send(.lost(error)) }
            }
            try await follow(mirror, on: bus, clock)
        } catch {
            await close()
            throw (error as? PeripheralFault) ?? .machine(BlueZClient.reason(for: error))
        }
        await close()
    }

    /// bluetoothd removes the objects of a connection that ends.
    private func close() async {
        await bus?.close()
        bus = nil
        hasReaders = false
    }

    private func follow(_ mirror: ObjectMirror, on bus: Bus, _ clock: some Clock<Duration>) async throws {
        let start = clock.now
        var batch: [Input] = []
        try await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            while await inbox.takeAll(into: &batch) {
                for input in batch {
                    guard case .machine(let event) = input else {
                        if case .lost(let error) = input { throw error }
                        continue
                    }
                    let now = start.duration(to: clock.now)
                    for action in machine.handle(event, now: now) { await perform(action, on: bus, now: now, &group) }
                }
            }
        }
        withExtendedLifetime(mirror) {}
    }

    private func perform(
        _ action: PeripheralMachine.Action, on bus: Bus, now: Duration,
        _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async {
        switch action {
        case .register(let registration, let adapter):
            group.addTask { [inbox] in
                let failure = await Self.call("Register", registration, adapter, [.properties([:])], on: bus)
                inbox.send(.machine(.registered(registration, on: adapter, failure: failure)))
            }
        case .unregister(let registration, let adapter):
            group.addTask { [inbox] in
                // One that is gone already is as good.
                _ = await Self.call("Unregister", registration, adapter, [], on: bus)
                inbox.send(.machine(.unregistered(registration, on: adapter)))
            }
        case .wake(let at):
            guard wakeAt.map({ $0 <= now || $0 > at }) ?? true else { return }
            wakeAt = at
            group.addTask { [inbox, clock] in
                guard (try? await clock.sleep(for: at - now)) != nil else { return }
                inbox.send(.machine(.wake))
            }
        case .report(let fault):
            // Without bluetoothd or the adapter there is no reader, and nothing says so. A refused advertisement
            // does not end links.
            if case .machine = fault { hasReaders = false }
            await report(fault)
        }
    }

    private static func call(
        _ verb: String, _ registration: PeripheralMachine.Registration, _ adapter: ObjectPath, _ more: [BusValue],
        on bus: Bus
    ) async -> BusError? {
        let (name, interface, path) =
            switch registration {
            case .application:
                ("Application", PeripheralObjects.Interface.gattManager, PeripheralObjects.application)
            case .advertisement:
                ("Advertisement", PeripheralObjects.Interface.advertisingManager, PeripheralObjects.advertisement)
            }
        do {
            try await bus.object(adapter, of: BlueZClient.service).call(
                verb + name, on: interface, [.objectPath(path)] + more, timeout: callTimeout)
            return nil
        } catch {
            return error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)")
        }
    }

    // MARK: Objects

    private func export(on bus: Bus) async throws {
        let objects = PeripheralObjects(
            localName: localName,
            subscribe: { [weak self] in await self?.noteReaders($0) },
            read: { [weak self] in await self?.value(of: $0) },
            released: { [inbox] in inbox.send(.machine(.released)) })
        await bus.exportObjectManager(at: PeripheralObjects.application)
        for (path, interface) in objects.all { try await bus.export([interface], at: path) }
    }

    private func noteReaders(_ areThere: Bool) {
        hasReaders = areThere
        logger.info(areThere ? "a reader of the heart rate is there" : "no reader of the heart rate is left")
    }

    private func value(of readable: PeripheralObjects.Readable) -> [UInt8]? {
        switch readable {
        case .bodySensorLocation: [details.bodySensorLocation?.rawValue ?? 1]
        case .manufacturerName: details.manufacturerName.map { Array($0.utf8) } ?? Array("Strapline".utf8)
        case .modelNumber: details.modelNumber.map { Array($0.utf8) }
        case .firmwareRevision: details.firmwareRevision.map { Array($0.utf8) }
        case .batteryLevel: details.batteryPercent.map { [$0] }
        }
    }

    // MARK: bluetoothd

    private static let kept = [
        BlueZSnapshot.Interface.adapter: KeptProperties(["Address", "Powered", "Discovering"]),
        BlueZSnapshot.Interface.device: KeptProperties(["Adapter", "Connected"]),
    ]

    /// Nil for an update that changes nothing here. In a crowd most are about devices that are only heard.
    private static func event(of update: MirrorUpdate, _ objects: MirroredObjects) -> PeripheralMachine.Event? {
        switch update {
        case .loaded: .adapters(PeripheralMachine.Adapter.all(in: objects))
        case .vanished: .adapters(nil)
        case .changed(.changed(let path, BlueZSnapshot.Interface.device, let properties, _)):
            properties["Connected"] == nil ? nil : linkChange(at: path, objects)
        case .changed(.added(let path, BlueZSnapshot.Interface.device, let properties)):
            properties["Connected"]?.boolean == true ? linkChange(at: path, objects) : nil
        case .changed(.changed(_, BlueZSnapshot.Interface.adapter, let properties, _)):
            properties["Powered"] == nil ? nil : .adapters(PeripheralMachine.Adapter.all(in: objects))
        case .changed(.added(_, let interface, _)), .changed(.removed(_, let interface)):
            PeripheralMachine.Adapter.interfaces.contains(interface)
                ? .adapters(PeripheralMachine.Adapter.all(in: objects)) : nil
        case .changed: nil
        }
    }

    private static func linkChange(at path: ObjectPath, _ objects: MirroredObjects) -> PeripheralMachine.Event? {
        objects.property("Adapter", of: BlueZSnapshot.Interface.device, at: path)?.objectPath
            .map { .linkChanged(on: $0) }
    }
}

extension PeripheralMachine.Adapter {
    /// The interfaces of an adapter that are looked at.
    static let interfaces: Set<String> = [
        BlueZSnapshot.Interface.adapter, PeripheralObjects.Interface.gattManager,
        PeripheralObjects.Interface.advertisingManager,
    ]

    static func all(in objects: MirroredObjects) -> [Self] {
        objects.paths(with: BlueZSnapshot.Interface.adapter).compactMap { path in
            guard let adapter = BlueZSnapshot.Adapter(path, in: objects) else { return nil }
            let hasManagers = [PeripheralObjects.Interface.gattManager, PeripheralObjects.Interface.advertisingManager]
                .allSatisfy { objects.properties(of: $0, at: path) != nil }
            return Self(
                path: path, address: adapter.address, isPowered: adapter.isPowered, isPeripheral: hasManagers)
        }
    }
}
