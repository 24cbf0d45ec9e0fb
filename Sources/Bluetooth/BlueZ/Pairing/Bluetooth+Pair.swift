extension Bluetooth {
    /// Finds a strap, connects, pairs when the strap asks for it, marks it as trusted, and listens to three
    /// measurements. In the end nothing is connected that was not before.
    ///
    /// When `stop` returns it is ended in order and throws ``PairingError/stopped``.
    public func pair(
        _ request: PairingRequest, with dialogue: any PairingDialogue, until stop: @escaping @Sendable () async -> Void
    ) async throws(PairingError) -> NearbyDevice {
        var loop = PairingLoop(
            PairingMachine(request, adapter: adapter, isInteractive: dialogue.isInteractive), bluetooth: self,
            dialogue: dialogue, show: { _ in })
        switch await loop.run(until: stop) {
        case .done(let device): return device
        case .failed(let error): throw error
        case nil: throw .stopped
        }
    }
}
