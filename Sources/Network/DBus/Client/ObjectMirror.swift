import EventThread

/// A live copy of all objects of a service with an `org.freedesktop.DBus.ObjectManager`.
///
/// ```swift
/// let mirror = try await ObjectMirror.start(of: "org.bluez", on: bus, following: ["org.bluez.Device1"])
/// let adapters = await mirror.objects.paths(with: "org.bluez.Adapter1")
/// ```
///
/// The mirror is empty while the name of the service has no owner. Each new owner starts it again. Signals are applied
/// in the order of their arrival on the connection's thread. So a copy is always consistent, and no signal is missed
/// between the first snapshot and later signals.
///
/// [ObjectManager](https://dbus.freedesktop.org/doc/dbus-specification.html#standard-interfaces-objectmanager)
public actor ObjectMirror {
    /// The connection.
    public nonisolated let bus: Bus
    /// The bus name of the service.
    public nonisolated let service: String
    /// The executor of the connection.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { bus.unownedExecutor }

    /// The present objects.
    public private(set) var objects = MirroredObjects()
    /// Whether the service has an owner and its objects are known.
    public private(set) var isServicePresent = false

    private let root: ObjectPath
    private let kept: [String: KeptProperties]
    private var subscriptions: [Int] = []
    private var observers: [Observer] = []
    private var consumers: [Int: SignalSource<ObjectChange>] = [:]
    private var nextConsumerID = 0
    /// The number of requested snapshots. Only the reply to the last request is used.
    private var snapshot = 0
    private var end: BusError?

    private struct Observer {
        let observe: @Sendable (MirrorUpdate, MirroredObjects) -> Void
        let finish: @Sendable (BusError?) -> Void
    }

    private init(of service: String, on bus: Bus, root: ObjectPath, keeping kept: [String: KeptProperties]) {
        self.service = service
        self.bus = bus
        self.root = root
        self.kept = kept
    }

    deinit {
        for id in subscriptions { bus.unsubscribeSoon(id) }
        for observer in observers { observer.finish(nil) }
        for consumer in consumers.values { consumer.finish(throwing: nil) }
    }

    /// Makes a mirror. Returns when it holds the objects of the service, or when the name has no owner.
    ///
    /// The object manager of the service is at `root`. Property changes are applied for the interfaces in `interfaces`,
    /// or for all with nil. Leave out interfaces that change often and that you read elsewhere, such as
    /// `org.bluez.GattCharacteristic1`. Of an interface in `kept` only those properties are decoded and kept.
    public static func start(
        of service: String, on bus: Bus, root: ObjectPath = "/", following interfaces: [String]? = nil,
        keeping kept: [String: KeptProperties] = [:]
    ) async throws -> ObjectMirror {
        let mirror = ObjectMirror(of: service, on: bus, root: root, keeping: kept)
        try await mirror.subscribe(interfaces)
        try await mirror.load()
        return mirror
    }

    /// The present objects and all later changes, for one consumer. Call it once for each consumer.
    ///
    /// The stream is bounded. If ``SignalStream/droppedCount`` grows, read ``objects`` again.
    public func follow(
        capacity: Int = BusLimits.signalBuffer
    ) -> (objects: MirroredObjects, changes: SignalStream<ObjectChange>) {
        let stream = SignalStream<ObjectChange>(capacity: capacity)
        guard end == nil else {
            stream.input.finish(throwing: end)
            return (objects, stream)
        }
        nextConsumerID += 1
        let id = nextConsumerID
        consumers[id] = stream.input
        stream.input.onTermination { [weak self, bus] in
            bus.thread.perform { [weak self] in self?.assumeIsolated { $0.consumers[id] = nil } }
        }
        return (objects, stream)
    }

    /// Calls `observe` on the connection's thread: at once with the present objects, then with each update, before any
    /// later message is handled. `observe` must be quick and must not keep the objects. `finish` is called once: with
    /// the error if the connection is lost, with nil if the mirror is released.
    package func observe(
        _ observe: @escaping @Sendable (MirrorUpdate, MirroredObjects) -> Void,
        finish: @escaping @Sendable (BusError?) -> Void
    ) {
        observe(isServicePresent ? .loaded : .vanished, objects)
        guard end == nil else { return finish(end) }
        observers.append(Observer(observe: observe, finish: finish))
    }

    /// Sends ``MirrorUpdate/loaded`` to the observers again, if the service is present.
    package func announce() {
        if isServicePresent { notify(.loaded) }
    }

    /// Waits until `find` returns a result. `find` is called now and after each change.
    ///
    /// ```swift
    /// let adapter = try await mirror.first { $0.paths(with: "org.bluez.Adapter1").first }
    /// ```
    public func first<Found: Sendable>(
        _ find: @Sendable (MirroredObjects) -> Found?
    ) async throws -> Found {
        let (objects, changes) = follow()
        if let found = find(objects) { return found }
        for try await _ in changes {
            if let found = find(self.objects) { return found }
        }
        throw end ?? CancellationError()
    }

    /// Reads all objects again, for a service that does not signal all changes. Consumers get all objects as for a new
    /// service.
    public func refresh() async throws {
        try await load()
    }

    private func subscribe(_ interfaces: [String]?) async throws {
        try await subscribe(to: .ownerChange(of: service)) { mirror, signal in
            guard let change = signal.ownerChange() else { return }
            mirror.assumeIsolated { $0.ownerChanged(to: change.newOwner) }
        }
        let manager = MatchRule(sender: service, path: root, interface: BusName.objectManager)
        try await subscribe(to: manager) { mirror, signal in mirror.receiveManagerSignal(signal) }
        let below: ObjectPath? = root == "/" ? nil : root
        for interface in interfaces.map({ $0.map(Optional.some) }) ?? [nil] {
            let rule = MatchRule.propertiesChanged(sender: service, pathNamespace: below, interface: interface)
            try await subscribe(to: rule) { mirror, signal in mirror.receivePropertiesChanged(signal) }
        }
    }

    private func subscribe(
        to rule: MatchRule, _ receive: @escaping @Sendable (ObjectMirror, borrowing Message) -> Void
    ) async throws {
        let id = try await bus.subscribe(
            to: rule,
            receive: { [weak self] signal in if let self { receive(self, signal) } },
            finish: { [weak self] error in self?.assumeIsolated { $0.finish(error) } })
        subscriptions.append(id)
    }

    /// Requests a snapshot. A name without an owner is a success.
    private func load() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            requestSnapshot { result in continuation.resume(with: result) }
        }
    }

    private func requestSnapshot(then done: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        snapshot += 1
        let number = snapshot
        let handler = ReplyHandler(
            succeed: { [weak self] reply in
                let kept = self?.kept ?? [:]
                let result = Result {
                    try reply.read { (reader) throws(BusError) in try reader.readManagedObjects(keeping: kept) }
                }
                if case .success(let objects) = result { self?.assumeIsolated { $0.replace(with: objects, number) } }
                done(result.map { _ in })
            },
            fail: { error in
                let name = (error as? BusError)?.name
                let isAbsent = name == BusError.Name.serviceUnknown || name == BusError.Name.nameHasNoOwner
                done(isAbsent ? .success(()) : .failure(error))
            })
        let call = MethodCall(
            destination: service, path: root, interface: BusName.objectManager, member: "GetManagedObjects")
        do {
            try bus.assumeIsolated { try $0.send(call, handler: handler) }
        } catch {
            done(.failure(error))
        }
    }

    private func ownerChanged(to owner: String?) {
        snapshot += 1
        objects = MirroredObjects()
        if isServicePresent {
            isServicePresent = false
            notify([.serviceVanished])
            notify(.vanished)
        }
        // A new owner that does not answer has no objects, or vanishes.
        if owner != nil { requestSnapshot { _ in } }
    }

    private func replace(with found: [ObjectPath: [String: [String: BusValue]]], _ number: Int) {
        guard number == snapshot else { return }
        isServicePresent = true
        objects = MirroredObjects()
        notify([.serviceAppeared])
        for (path, interfaces) in found.sorted(by: { $0.key < $1.key }) { notify(objects.add(interfaces, at: path)) }
        notify(.loaded)
    }

    /// Applies a change. Changes before the snapshot are in the snapshot.
    private func apply(_ change: (inout MirroredObjects) -> [ObjectChange]) {
        guard isServicePresent else { return }
        let changes = change(&objects)
        notify(changes)
        for change in changes { notify(.changed(change)) }
    }

    private func notify(_ update: MirrorUpdate) {
        for observer in observers { observer.observe(update, objects) }
    }

    private func notify(_ changes: [ObjectChange]) {
        for consumer in consumers.values {
            for change in changes { consumer.yield(change) }
        }
    }

    private func finish(_ error: BusError) {
        guard end == nil else { return }
        end = error
        objects = MirroredObjects()
        isServicePresent = false
        for consumer in consumers.values { consumer.finish(throwing: error) }
        consumers = [:]
        for observer in observers { observer.finish(error) }
        observers = []
    }
}

// Reading the signals, on the connection's thread. Malformed ones are skipped.

extension ObjectMirror {
    private nonisolated func receiveManagerSignal(_ signal: borrowing Message) {
        try? signal.read { (reader) throws(BusError) in
            let path = try reader.readObjectPath()
            if reader.nextType == .array, signal.member == "InterfacesAdded" {
                let added = try reader.readInterfaces(keeping: kept)
                assumeIsolated { $0.apply { $0.add(added, at: path) } }
            } else {
                let removed = try reader.readStrings()
                assumeIsolated { $0.apply { $0.remove(removed, at: path) } }
            }
        }
    }

    private nonisolated func receivePropertiesChanged(_ signal: borrowing Message) {
        guard let path = signal.path else { return }
        try? signal.read { (reader) throws(BusError) in
            let interface = try reader.readString()
            let keeping = kept[interface]
            let values = try reader.readProperties(keeping: keeping)
            let invalidated = try reader.readStrings().filter { keeping?.keeps($0) ?? true }
            assumeIsolated {
                $0.apply { $0.change(values, invalidated: invalidated, of: interface, at: path) }
            }
        }
    }
}
