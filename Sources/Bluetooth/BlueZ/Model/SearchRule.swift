import DBus

/// Which adapters search for a strap, and which device is taken of those that fit: the one rule that `run`, `scan`,
/// `pair`, `setup` and `doctor` follow, and that `check` explains.
struct SearchRule: Sendable, Equatable {
    /// The only adapter to use; nil for any.
    let adapter: BluetoothAddress?

    func allows(_ candidate: BlueZSnapshot.Adapter) -> Bool { adapter == nil || candidate.address == adapter }

    /// The adapters that search, in the order of their paths: all that are on. While none is, the one to switch on: the
    /// first that no switch of the machine holds off.
    func adapters(in snapshot: BlueZSnapshot) -> [BlueZSnapshot.Adapter] {
        let allowed = snapshot.adapters.values.filter(allows)
        let powered = allowed.filter(\.isPowered)
        if !powered.isEmpty { return powered.sorted { $0.path < $1.path } }
        func rank(_ adapter: BlueZSnapshot.Adapter) -> (Int, ObjectPath) {
            (adapter.block == nil ? 0 : 1, adapter.path)
        }
        return allowed.min { rank($0) < rank($1) }.map { [$0] } ?? []
    }

    /// Whether the device is on an adapter that searches and is on.
    func reaches(_ device: BlueZSnapshot.Device, in snapshot: BlueZSnapshot) -> Bool {
        guard let owner = snapshot.adapters[device.adapterPath] else { return false }
        return owner.isPowered && allows(owner)
    }

    /// The device to take: not a rejected one, then a connected one, then the one with the strongest signal. Devices
    /// without a signal strength come last. If several adapters find the device, the one with a bond is used.
    ///
    /// - Parameters:
    ///   - devices: the fitting and reachable devices.
    ///   - isRejected: whether the device with an address was rejected.
    ///   - failed: the device of the last failed attempt. The same address on another adapter comes before it.
    /// - Returns: nil without a device.
    static func best(
        of devices: some Sequence<BlueZSnapshot.Device>,
        avoiding isRejected: (BluetoothAddress) -> Bool = { _ in false }, after failed: ObjectPath? = nil
    ) -> BlueZSnapshot.Device? {
        func rank(_ device: BlueZSnapshot.Device) -> [Int] {
            [
                isRejected(device.address) ? 1 : 0, device.isConnected ? 0 : 1, device.path == failed ? 1 : 0,
                // 127 and more stand for an unknown strength (Core Specification, volume 4, part E, section 7.7.65.2).
                device.signalStrength.map { $0 < 127 ? -Int($0) : Int(Int16.max) } ?? Int(Int16.max),
            ]
        }
        let ranked = devices.map { (rank: rank($0), device: $0) }.sorted {
            $0.rank == $1.rank ? $0.device.path < $1.device.path : $0.rank.lexicographicallyPrecedes($1.rank)
        }
        guard let best = ranked.first?.device, !best.isConnected, !best.isPaired else { return ranked.first?.device }
        return ranked.map(\.device).first { $0.address == best.address && $0.isPaired && $0.path != failed } ?? best
    }

    /// One device for each address, the best where several adapters hear it, in the order of their paths.
    static func distinct(_ devices: some Sequence<BlueZSnapshot.Device>) -> [BlueZSnapshot.Device] {
        Dictionary(grouping: devices, by: \.address).values.compactMap { best(of: $0) }.sorted { $0.path < $1.path }
    }

    /// In words, after "on": `any adapter that is on`.
    var words: String { adapter.map { "the adapter \($0)" } ?? "any adapter that is on" }
}
