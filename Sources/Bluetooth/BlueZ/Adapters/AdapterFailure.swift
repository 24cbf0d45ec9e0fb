import DBus

/// Why an adapter does not search although it should.
enum AdapterFailure: Sendable, Equatable {
    /// `Powered` could not be set.
    case powerRefused(BusError)
    /// `SetDiscoveryFilter` or `StartDiscovery` was refused.
    case scanRefused(BusError)
    /// bluetoothd took the scan, and its `Discovering` stayed false.
    case scanDoesNotBegin
    /// The scan ended by itself, more than once in a row.
    case scanEnds

    func reason(on adapter: BlueZSnapshot.Adapter) -> StrapState.Reason {
        switch self {
        case .powerRefused(let error) where error.isAccessDenied: .busAccessDenied("\(error)")
        // The switch says more than bluetoothd, and how to undo it.
        case .powerRefused where adapter.block != nil: .adapterOff(adapter.address, adapter.block)
        case .powerRefused(let error): .powerRefused(adapter.address, error)
        case .scanRefused(let error): error.isAccessDenied ? .busAccessDenied("\(error)") : .scanFailed(error)
        case .scanDoesNotBegin: .scanDoesNotBegin(adapter.address)
        case .scanEnds: .scanEnds(adapter.address)
        }
    }
}
