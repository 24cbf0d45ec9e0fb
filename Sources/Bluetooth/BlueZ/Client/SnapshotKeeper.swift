import DBus

/// Keeps a ``BlueZSnapshot`` up to date, change by change: pure. The cost of a change does not depend on the number of
/// devices nearby.
///
/// The result equals a snapshot made from all objects.
struct SnapshotKeeper: Sendable {
    /// The urgency of showing a changed snapshot.
    enum Urgency: Equatable, Sendable {
        case now
        /// Only a signal strength or a broadcast is another one: a few times a second is enough.
        case soon
    }

    /// Its revision is set by the caller that shows it.
    private(set) var snapshot = BlueZSnapshot(revision: 0, unavailable: .bluetoothdMissing)
    private(set) var scope: DeviceScope
    /// Devices that were heard in the scan that is running, whether they are shown or not.
    private(set) var heard: Set<ObjectPath> = []
    /// Adapters on which a scan of this program is on, or about to be.
    private var scans: Set<ObjectPath> = []
    /// All characteristics there are: bluetoothd shows them only of devices that are connected.
    private var characteristics: Set<ObjectPath> = []

    init(showing scope: DeviceScope) {
        self.scope = scope
    }

    /// The devices that are shown: each stays until its object goes, whatever becomes of the property by which it
    /// fitted.
    var kept: Set<ObjectPath> { Set(snapshot.devices.keys) }

    /// Shows more devices from the next ``MirrorUpdate/loaded`` on.
    mutating func widen(to more: DeviceScope) { scope.formUnion(more) }

    /// Counts devices as received on the adapter from now on, although bluetoothd may not report the scan yet.
    mutating func scanBegins(on adapter: ObjectPath) { scans.insert(adapter) }

    /// Returns whether the snapshot has changed.
    mutating func scanEnded(on adapter: ObjectPath) -> Bool {
        scans.remove(adapter)
        return snapshot.adapters[adapter]?.isDiscovering == true ? false : forgetHeard(on: adapter)
    }

    /// Drops all objects.
    mutating func reset() {
        snapshot = BlueZSnapshot(revision: 0, unavailable: .bluetoothdMissing)
        (heard, scans, characteristics) = ([], [], [])
    }

    /// Takes in an update of the objects, which hold it already. Nil when the snapshot is the same as before.
    mutating func take(_ update: MirrorUpdate, of objects: MirroredObjects) -> Urgency? {
        switch update {
        case .loaded: return load(objects)
        case .vanished:
            reset()
            return .now
        case .changed(.added(let path, let interface, _)): return changed(interface, at: path, of: objects, isNew: true)
        case .changed(.removed(let path, let interface)): return changed(interface, at: path, of: objects)
        case .changed(.changed(let path, BlueZSnapshot.Interface.device, let properties, let invalidated)):
            return deviceChanged(path, properties, invalidated, of: objects)
        case .changed(.changed(let path, let interface, _, _)): return changed(interface, at: path, of: objects)
        case .changed(.serviceAppeared), .changed(.serviceVanished): return nil
        }
    }

    private mutating func load(_ objects: MirroredObjects) -> Urgency {
        heard = heard.filter { objects.properties(of: BlueZSnapshot.Interface.device, at: $0) != nil }
        characteristics = Set(objects.paths(with: BlueZSnapshot.Interface.characteristic))
        snapshot = BlueZSnapshot(revision: 0, of: objects, showing: scope, keeping: kept, heard: heard)
        return .now
    }

    /// An interface was added, removed, or has other properties.
    private mutating func changed(
        _ interface: String, at path: ObjectPath, of objects: MirroredObjects, isNew: Bool = false
    ) -> Urgency? {
        switch interface {
        case BlueZSnapshot.Interface.adapter: return adapterChanged(path, of: objects)
        case BlueZSnapshot.Interface.device:
            if isNew, isScanning(path, objects) { heard.insert(path) }
            return showDevice(path, of: objects)
        case BlueZSnapshot.Interface.battery: return snapshot.devices[path] == nil ? nil : showDevice(path, of: objects)
        case BlueZSnapshot.Interface.characteristic, BlueZSnapshot.Interface.service:
            return attributesChanged(path, of: objects)
        default: return nil
        }
    }

    private mutating func adapterChanged(_ path: ObjectPath, of objects: MirroredObjects) -> Urgency? {
        let before = snapshot.adapters[path]
        snapshot.adapters[path] = BlueZSnapshot.Adapter(path, in: objects)
        let after = snapshot.adapters[path]
        if before?.isDiscovering == true, after?.isDiscovering != true { _ = forgetHeard(on: path) }
        // The devices with the address of an adapter are not shown.
        if before?.address != after?.address { return load(objects) }
        return before == after ? nil : .now
    }

    private mutating func deviceChanged(
        _ path: ObjectPath, _ properties: [String: BusValue], _ invalidated: [String], of objects: MirroredObjects
    ) -> Urgency? {
        if BlueZProperties.isHearing(properties, invalidated: invalidated), isScanning(path, objects) {
            heard.insert(path)
        }
        guard snapshot.devices[path] != nil || BlueZProperties.mayIdentify(properties) else { return nil }
        return showDevice(path, of: objects)
    }

    private mutating func showDevice(_ path: ObjectPath, of objects: MirroredObjects) -> Urgency? {
        let before = snapshot.devices[path]
        guard var device = BlueZSnapshot.Device(path, in: objects), before != nil || scope.includes(device),
            !snapshot.isOwn(device.address)
        else {
            if objects.properties(of: BlueZSnapshot.Interface.device, at: path) == nil { heard.remove(path) }
            guard before != nil else { return nil }
            snapshot.devices[path] = nil
            return .now
        }
        device.isHeard = heard.contains(path)
        if let before { device.takeAttributes(of: before) }
        if before == device { return nil }
        snapshot.devices[path] = device
        guard let before else {
            // It may have been connected before it fitted.
            if !characteristics.isEmpty { assignAttributes(of: objects) }
            return .now
        }
        return device.differsInPassing(from: before) ? .soon : .now
    }

    private mutating func attributesChanged(_ path: ObjectPath, of objects: MirroredObjects) -> Urgency? {
        if objects.properties(of: BlueZSnapshot.Interface.characteristic, at: path) != nil {
            characteristics.insert(path)
        } else {
            characteristics.remove(path)
        }
        let before = snapshot.devices
        assignAttributes(of: objects)
        return before == snapshot.devices ? nil : .now
    }

    private mutating func assignAttributes(of objects: MirroredObjects) {
        for (path, device) in snapshot.devices where device.hasAttributes {
            snapshot.devices[path]?.take([])
        }
        snapshot.assign(characteristics.sorted(), of: objects)
    }

    // MARK: Hearing

    /// Whether a scan is on, this program's or another's, on the adapter of a device.
    private func isScanning(_ device: ObjectPath, _ objects: MirroredObjects) -> Bool {
        guard
            let adapter = objects.property("Adapter", of: BlueZSnapshot.Interface.device, at: device)?.objectPath
        else { return false }
        return scans.contains(adapter) || snapshot.adapters[adapter]?.isDiscovering == true
    }

    private mutating func forgetHeard(on adapter: ObjectPath) -> Bool {
        var hasChanged = false
        for path in heard where path.isBelow(adapter) {
            heard.remove(path)
            guard snapshot.devices[path] != nil else { continue }
            snapshot.devices[path]?.isHeard = false
            hasChanged = true
        }
        return hasChanged
    }
}

extension BlueZSnapshot.Device {
    fileprivate var hasAttributes: Bool {
        measurementPath != nil || controlPointPath != nil || !detailPaths.isEmpty
    }

    fileprivate mutating func takeAttributes(of other: Self) {
        measurementPath = other.measurementPath
        otherMeasurementPaths = other.otherMeasurementPaths
        controlPointPath = other.controlPointPath
        detailPaths = other.detailPaths
    }

    /// Whether only values differ that change with each advertisement, and that do not decide whether the device is
    /// reachable.
    fileprivate func differsInPassing(from other: Self) -> Bool {
        guard isPresent == other.isPresent, isAdvertising == other.isAdvertising,
            (polarBroadcast == nil) == (other.polarBroadcast == nil)
        else { return false }
        var same = other
        same.signalStrength = signalStrength
        same.isHeard = isHeard
        same.polarBroadcast = polarBroadcast
        return same == self
    }
}
