extension Bluetooth {
    /// Scans until `stop` returns. `show` is given all devices that BlueZ hears, is connected to or is paired with, with
    /// every change.
    ///
    /// Nothing is connected or disconnected: what others do with the adapter goes on.
    public func scan(
        until stop: @escaping @Sendable () async -> Void, show: @escaping @Sendable ([NearbyDevice]) async -> Void
    ) async throws(PairingError) {
        let machine = PairingMachine(nil, adapter: adapter)
        var loop = PairingLoop(machine, bluetooth: self, dialogue: SilentDialogue(), show: show)
        if case .failed(let error) = await loop.run(until: stop), error != .stopped { throw error }
    }
}
