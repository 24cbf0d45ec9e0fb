import DBus
import Logging
import Timing

/// The connection to bluetoothd: keeps it open, mirrors the objects, and makes calls.
///
/// ``BlueZSnapshot``s show the bus, bluetoothd, adapters and devices as they come and go. Calls to a missing object
/// fail with the error of the bus.
actor BlueZClient {
    static let service = "org.bluez"

    /// After the bus is lost. Local, and nothing works without it: the cap is low.
    static let reconnect = Backoff(base: .milliseconds(500), cap: .seconds(8))

    /// bluetoothd shows its objects in milliseconds. A hung bluetoothd must be reported.
    static let startTimeout: Duration = .seconds(25)

    /// `Connect` answers by itself, or when the session gives up and calls `Disconnect`; this is for a bluetoothd that
    /// does neither.
    private static let connectTimeout = StrapLimits.connect + .seconds(30)

    private let interfaces: [String]
    private let openBus: @Sendable () async throws -> Bus
    private let clock: any Clock<Duration>
    let time: any TimeSource
    private let observe: @Sendable (BlueZSnapshot) -> Void
    private let logger: Logger
    private let radioSwitches: @Sendable () -> [RadioSwitch]
    private let feed: SnapshotFeed
    private(set) var bus: Bus?
    private var mirror: ObjectMirror?
    /// The failed calls that were logged, by call and object.
    private var loggedFailures: [String: BusError] = [:]

    /// `interfaces` are followed beside `Adapter1` and `Device1`; of others the properties stay as they first were.
    /// The snapshots show the devices in `scope`.
    init(
        following interfaces: [String] = [], showing scope: DeviceScope,
        openBus: @escaping @Sendable () async throws -> Bus,
        clock: any Clock<Duration>, time: any TimeSource, logger: Logger,
        radioSwitches: @escaping @Sendable () -> [RadioSwitch], observe: @escaping @Sendable (BlueZSnapshot) -> Void
    ) {
        self.interfaces = interfaces
        feed = SnapshotFeed(showing: scope)
        self.openBus = openBus
        self.clock = clock
        self.time = time
        self.logger = logger
        self.radioSwitches = radioSwitches
        self.observe = observe
    }

    /// Keeps the connection until the task is cancelled.
    func run() async {
        var failures = 0
        while !Task.isCancelled {
            var lost: (any Error)?
            do {
                try await follow { failures = 0 }
            } catch {
                lost = error
            }
            mirror = nil
            await bus?.close()
            bus = nil
            // A program that stops has not lost the bus.
            guard !Task.isCancelled, let lost else { return }
            failures += 1
            let reason = Self.reason(for: lost)
            observe(feed.unavailable(reason))
            try? await clock.sleep(for: Self.reconnect.delay(afterFailures: failures))
        }
    }

    /// Shows snapshots until the bus is lost (throws) or the task is cancelled (returns).
    private func follow(whenConnected: () -> Void) async throws {
        let bus = try await openBus()
        self.bus = bus
        let followed = [BlueZSnapshot.Interface.adapter, BlueZSnapshot.Interface.device] + interfaces
        let mirror = try await withTimeout(Self.startTimeout, clock: clock) {
            try await ObjectMirror.start(
                of: Self.service, on: bus, following: followed, keeping: BlueZProperties.kept)
        }
        self.mirror = mirror
        whenConnected()
        try await feed.follow(mirror, clock: clock) { [weak self] in await self?.show() }
    }

    private func show() {
        guard mirror != nil else { return }
        var snapshot = feed.snapshot
        snapshot.noteBlocks(of: radioSwitches)
        observe(snapshot)
    }

    /// Shows the devices of these straps too from now on.
    func look(for straps: [StrapConfiguration]) async {
        await feed.widen(to: .straps(straps), mirror)
    }

    // MARK: Calls. Each shows the state that its answer stands for before it returns.

    func powerOn(_ adapter: ObjectPath) async -> BusError? {
        await perform("power on", adapter) {
            try await $0.set("Powered", of: BlueZSnapshot.Interface.adapter, to: .boolean(true))
        }
    }

    func startDiscovery(_ adapter: ObjectPath, _ filter: ScanFilter) async -> BusError? {
        // What bluetoothd hears before it answers was heard too.
        feed.scanBegins(on: adapter)
        let failure = await perform("start discovery", adapter) {
            var parameters: [String: BusValue] = ["Transport": .string("le")]
            switch filter {
            case .heartRateService: parameters["UUIDs"] = .strings([GATT.heartRateService])
            case .everything: break
            case .everyAdvertisement: parameters["DuplicateData"] = .boolean(true)
            }
            try await $0.call("SetDiscoveryFilter", on: BlueZSnapshot.Interface.adapter, [.properties(parameters)])
            try await $0.call("StartDiscovery", on: BlueZSnapshot.Interface.adapter)
        }
        if let failure, !failure.isInProgress { _ = feed.scanEnded(on: adapter) }
        return failure
    }

    func stopDiscovery(_ adapter: ObjectPath) async {
        let failure = await perform("stop discovery", adapter) {
            try await $0.call("StopDiscovery", on: BlueZSnapshot.Interface.adapter)
        }
        if feed.scanEnded(on: adapter) { show() }
        report(failure, of: "stop the scan", on: adapter)
    }

    func connect(_ device: ObjectPath) async -> BusError? {
        await perform("connect", device) {
            try await $0.call("Connect", on: BlueZSnapshot.Interface.device, timeout: Self.connectTimeout)
        }
    }

    @discardableResult
    func disconnect(_ device: ObjectPath) async -> BusError? {
        await perform("disconnect", device) { try await $0.call("Disconnect", on: BlueZSnapshot.Interface.device) }
    }

    /// Ends our subscription, and ends the link unless another program is subscribed too. bluetoothd does not report
    /// other uses of a link.
    func release(_ device: ObjectPath, listeningTo characteristic: ObjectPath) async {
        await stopNotify(characteristic)
        if await isListenedTo(characteristic) { return }
        await disconnect(device)
    }

    private func isListenedTo(_ characteristic: ObjectPath) async -> Bool {
        guard let bus else { return false }
        let isNotifying = try? await bus.object(characteristic, of: Self.service).property(
            "Notifying", of: BlueZSnapshot.Interface.characteristic)
        return isNotifying?.boolean == true
    }

    func remove(_ device: ObjectPath, from adapter: ObjectPath) async {
        let failure = await perform("remove device", adapter) {
            try await $0.call("RemoveDevice", on: BlueZSnapshot.Interface.adapter, [.objectPath(device)])
        }
        report(failure, of: "remove \(device)", on: adapter)
    }

    func startNotify(_ characteristic: ObjectPath) async -> BusError? {
        await perform("start notify", characteristic) {
            try await $0.call("StartNotify", on: BlueZSnapshot.Interface.characteristic, timeout: StrapLimits.subscribe)
        }
    }

    @discardableResult
    func stopNotify(_ characteristic: ObjectPath) async -> BusError? {
        await perform("stop notify", characteristic) {
            try await $0.call("StopNotify", on: BlueZSnapshot.Interface.characteristic)
        }
    }

    /// Asks the strap for a value.
    func readValue(_ characteristic: ObjectPath, within limit: Duration) async -> Result<[UInt8], BusError> {
        guard let bus else { return .failure(.noBus) }
        var answer: Result<[UInt8], BusError>
        do {
            answer = .success(
                try await bus.object(characteristic, of: Self.service).call(
                    "ReadValue", on: BlueZSnapshot.Interface.characteristic, [.properties([:])], timeout: limit
                ) { (reader) throws(BusError) in try reader.readBytes() })
        } catch {
            answer = .failure(error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)"))
        }
        logger.debug("read value", metadata: ["path": "\(characteristic)", "answer": "\(answer)"])
        return answer
    }

    /// Asks bluetoothd for all its objects once more.
    func refresh() async {
        guard let mirror else { return }
        try? await mirror.refresh()
        show()
    }

    func perform(
        _ action: String, _ path: ObjectPath, _ call: @Sendable (RemoteObject) async throws -> Void
    ) async -> BusError? {
        guard let bus, mirror != nil else { return .noBus }
        var failure: BusError?
        do {
            try await call(bus.object(path, of: Self.service))
        } catch {
            failure = error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)")
        }
        logger.debug(
            "\(action)", metadata: ["path": "\(path)", "answer": "\(failure.map { "\($0)" } ?? "ok")"])
        show()
        return failure
    }

    /// Logs a refused call without a waiting caller: once, until it succeeds or fails in another way.
    private func report(_ failure: BusError?, of action: String, on adapter: ObjectPath) {
        let failure = failure.flatMap { $0.isNothingToUndo ? nil : $0 }
        let key = "\(adapter) \(action)"
        defer { loggedFailures[key] = failure }
        guard let failure, loggedFailures[key] != failure else { return }
        logger.warning(
            "bluetoothd refused to \(action)", metadata: ["adapter": "\(adapter)", "answer": "\(failure)"])
    }

    static func reason(for error: any Error) -> StrapState.Reason {
        guard let error = error as? BusError else { return .busUnreachable("\(error)") }
        return error.isAccessDenied ? .busAccessDenied("\(error)") : .busUnreachable("\(error)")
    }
}

extension BusError {
    /// Between two connections.
    static let noBus = BusError(name: Name.disconnected, message: "not connected to the bus")
}

/// What a scan has to report. The filters of all programs on a machine are merged: whatever is asked for, everything
/// may come.
enum ScanFilter: Sendable, Equatable {
    /// Devices that advertise the Heart Rate service.
    case heartRateService
    /// Every LE device, for straps known by address or name: not all of them advertise the service.
    case everything
    /// The same with each repeated advertisement (`DuplicateData`): for the signal strength and for each broadcast.
    case everyAdvertisement
}
