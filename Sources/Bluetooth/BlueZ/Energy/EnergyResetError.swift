public import DBus

/// Why a strap's count of energy was not reset; its description is a sentence for a person, with the next step.
public enum EnergyResetError: Error, Sendable, Hashable {
    /// The machine cannot.
    case machine(StrapState.Reason)
    case notConnected
    /// Several straps fit that are connected.
    case ambiguous([NearbyDevice])
    /// The link is there, but its services are still being read.
    case notResolved
    /// The strap has no such function: it counts no energy, or never from 0 again.
    case notOffered
    case refused(BusError)
}

extension EnergyResetError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .machine(let reason): "\(reason)"
        case .notConnected:
            "the strap is not connected to this machine: put it on, start `strapline run`, and try again when it is live"
        case .ambiguous(let devices):
            "several straps fit (\(devices.map(\.address.description).joined(separator: ", "))): give the one that is meant "
                + "its `address` in the configuration"
        case .notResolved: "the strap is still being connected: try again in a few seconds"
        case .notOffered: "the strap has no such function: its energy expended cannot be reset"
        case .refused(let error): "the strap did not take it: \(error); \(Self.nextStep(after: error))"
        }
    }

    /// The link belongs to the program that made it: nothing is ended here, and no device is removed.
    private static func nextStep(after error: BusError) -> String {
        if error.mayMeanUnencrypted { return "if the strap wants to be paired: strapline pair, then try again" }
        if error.mayMeanStaleCache {
            return
                "bluetoothd may remember services that the strap does not have: `strapline forget` it, and try again when "
                + "it is live"
        }
        return "try again"
    }
}
