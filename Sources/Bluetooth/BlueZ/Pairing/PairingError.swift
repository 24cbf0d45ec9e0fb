public import DBus
import TextFormats

/// A strap was not paired or forgotten. The description is a sentence for people, with the next step.
public enum PairingError: Error, Sendable, Hashable {
    /// Bluetooth does not work on this machine.
    case machine(StrapState.Reason)
    /// A scan found no fitting strap in this time, but perhaps others.
    case notHeard(StrapSelector, within: Duration, others: [NearbyDevice])
    /// Several straps fit, and there is no dialogue to choose one.
    case ambiguous([NearbyDevice])
    /// The connection failed or was lost.
    case link(StrapState.Reason)
    /// A paired strap refuses the connection. It may have lost the bond.
    case bondRefused(BluetoothAddress, BusError)
    /// bluetoothd refused the pairing agent.
    case agentRefused(BusError)
    /// Pairing failed.
    case pairingRefused(BusError)
    /// The device could not be marked as trusted.
    case trustRefused(BusError)
    /// BlueZ knows no such device.
    case unknown(StrapSelector)
    /// bluetoothd refused to remove the device.
    case forgetRefused(BusError)
    /// The user or the time limit has ended it.
    case stopped
}

extension PairingError: CustomStringConvertible {
    /// The message with advice in words that fit any program.
    public var description: String { message { "\($0)" } }

    /// A sentence for people, with the next step. `words` phrases the advice.
    public func message(_ words: (StrapAdvice) -> String) -> String {
        switch self {
        case .machine(let reason): reason.message(words)
        case .link(let reason): "\(reason.fact(words)); \(Self.nextStep(after: reason, words))"
        case .notHeard(let selector, let limit, let others):
            "\(selector.words) was not heard within \(limit.components.seconds) s: put the strap on, moisten its "
                + "electrodes, and close the phone app that may hold it" + Self.list(others)
        case .ambiguous(let devices):
            "several straps fit: name one by its address "
                + "(\(devices.map(\.address.description).joined(separator: ", ")))"
        case .bondRefused(let address, let error):
            "\(address) is paired but refuses the connection (\(error)); if it has forgotten this machine, as "
                + "after a reset: \(words(.forget(address))), then pair it again"
        case .agentRefused(let error): "bluetoothd does not take a pairing agent: \(error)"
        case .pairingRefused(let error):
            "pairing failed: \(error); put the strap into its pairing mode if it has one, and try again, from a "
                + "terminal if it wants a code"
        case .trustRefused(let error): "it could not be marked as trusted: \(error)"
        case .unknown(let selector):
            "\(selector.words) is not known to bluetoothd: \(words(.listDevices))"
        case .forgetRefused(let error): "it could not be forgotten: \(error)"
        case .stopped: "stopped before it was done"
        }
    }

    /// The straps that were heard instead, so that a misspelt name shows.
    private static func list(_ others: [NearbyDevice]) -> String {
        let titles = others.prefix(shownDevices).map { device in
            let name = device.name.map { $0.printable() } ?? ""
            return name.isEmpty ? "\(device.address)" : "\(name) (\(device.address))"
        }
        let more = others.count > shownDevices ? " and \(others.count - shownDevices) more" : ""
        return titles.isEmpty ? "" : ". Heard instead: \(titles.joined(separator: ", "))\(more)"
    }

    private static let shownDevices = 20

    private static func nextStep(after reason: StrapState.Reason, _ words: (StrapAdvice) -> String) -> String {
        switch reason {
        case .silent: "moisten the electrodes, tighten the strap, and try again"
        case .noHeartRateService: "if it is a heart rate strap after all: \(words(.forget(nil))), and try again"
        case .subscribeFailed(let error) where error.mayMeanUnencrypted: "try again \(words(.pairAlways))"
        case .subscribeFailed(let error) where error.mayMeanStaleCache:
            "end the other programs that are connected to the strap, \(words(.forget(nil))), and try again"
        case .subscribeFailed: "switch the strap off and on, and try again"
        case .notificationsTaken: "then try again"
        case .servicesOutdated: "then try again"
        case .noSkinContact, .zeroBeatsPerMinute: "put it on, and try again: a bond is kept"
        default:
            "bring the strap closer to the adapter and try again, once more \(words(.pairAlways)) if that does not help"
        }
    }
}

extension StrapSelector {
    fileprivate var words: String {
        switch self {
        case .address(let address): address.description
        case .name(let name): "a device named `\(name.printable())`"
        case .first: "a heart rate strap"
        }
    }
}
