public import DBus

extension Bluetooth {
    /// The only command of the Heart Rate Control Point (Heart Rate Service 1.0, section 3.3).
    private static let resetEnergyExpended: [UInt8] = [0x01]

    /// Resets the energy expended of a strap to 0, and returns the device.
    ///
    /// Any program may have connected the strap: bluetoothd shares writes as it shares notifications. Other programs
    /// keep their links and subscriptions. This connects nothing.
    public func resetEnergyExpended(of selector: StrapSelector) async throws(EnergyResetError) -> NearbyDevice {
        let (bus, snapshot) = try await access.look(orThrow: EnergyResetError.machine)
        let connected = snapshot.devices.values
            .filter { $0.isConnected && selector.matches($0) && access.isOnOurAdapter($0, in: snapshot) }
            .sorted { $0.path < $1.path }
        let shown = connected.map { NearbyDevice($0, on: snapshot.adapters[$0.adapterPath]?.address ?? $0.address) }
        guard let device = connected.first, let first = shown.first else { throw .notConnected }
        guard connected.count == 1 else { throw .ambiguous(shown) }
        guard device.isServicesResolved else { throw .notResolved }
        guard let path = device.controlPointPath else { throw .notOffered }
        do {
            try await bus.object(path, of: BlueZClient.service).call(
                "WriteValue", on: BlueZSnapshot.Interface.characteristic,
                [.bytes(Self.resetEnergyExpended), .properties(["type": .string("request")])])
        } catch {
            let error = error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)")
            throw error.isControlPointNotSupported ? .notOffered : .refused(error)
        }
        await bus.close()
        return first
    }
}

/// The energy expended of a strap was not reset. The description is a sentence for people, with the next step.
public enum EnergyResetError: Error, Sendable, Hashable {
    /// Bluetooth does not work on this machine.
    case machine(StrapState.Reason)
    /// No fitting strap is connected.
    case notConnected
    /// Several fitting straps are connected.
    case ambiguous([NearbyDevice])
    /// The services of the strap are still being read.
    case notResolved
    /// The strap cannot reset its energy expended.
    case notOffered
    /// The strap or bluetoothd refused.
    case refused(BusError)
}

extension EnergyResetError: CustomStringConvertible {
    /// The message with advice in words that fit any program.
    public var description: String { message { "\($0)" } }

    /// A sentence for people, with the next step. `words` phrases the advice.
    public func message(_ words: (StrapAdvice) -> String) -> String {
        switch self {
        case .machine(let reason): reason.message(words)
        case .notConnected:
            "the strap is not connected to this machine: put it on, \(words(.connect)), and try again when it is live"
        case .ambiguous(let devices):
            "several straps fit: select one by its address "
                + "(\(devices.map(\.address.description).joined(separator: ", ")))"
        case .notResolved: "the strap is still being connected: try again in a few seconds"
        case .notOffered: "the strap has no such function: its energy expended cannot be reset"
        case .refused(let error): "the strap refused it: \(error); \(Self.nextStep(after: error, words))"
        }
    }

    /// The link belongs to the program that made it, so the advice never ends it.
    private static func nextStep(after error: BusError, _ words: (StrapAdvice) -> String) -> String {
        if error.mayMeanUnencrypted { return "if the strap wants to be paired: \(words(.pair)), then try again" }
        if error.mayMeanStaleCache {
            return
                "bluetoothd may remember services that the strap does not have: \(words(.forget(nil))), and try again "
                + "when it is live"
        }
        return "try again"
    }
}
