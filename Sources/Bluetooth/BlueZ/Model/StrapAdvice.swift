/// The step that solves a problem with a strap. A program words it as its own command or button.
///
/// ```swift
/// let text = reason.message { advice in
///     switch advice {
///     case .pair: "press Pair"
///     default: "\(advice)"
///     }
/// }
/// ```
public enum StrapAdvice: Sendable, Hashable {
    /// Pair with the strap: ``Bluetooth/pair(_:with:until:)``.
    case pair
    /// Forget the strap, then pair with it.
    case forgetAndPair(BluetoothAddress)
    /// The same, or allow new bonds with ``StrapConfiguration/renewsBond``.
    case renewBond(BluetoothAddress)
    /// Forget the device: ``Bluetooth/forget(_:)``. Nil where the error names it already.
    case forget(BluetoothAddress?)
    /// Pair even if the strap does not ask for it: ``PairingRequest/pairsAlways``.
    case pairAlways
    /// List the devices that bluetoothd knows: ``Bluetooth/scan(until:show:)``.
    case listDevices
    /// Keep the strap connected with a ``HeartRateCentral``.
    case connect
    /// Select the strap by its name.
    case selectByName
    /// Connect to the strap: ``StrapMode/connect``.
    case stopReceivingBroadcasts
}

extension StrapAdvice: CustomStringConvertible {
    /// The step in words that fit any program.
    public var description: String {
        switch self {
        case .pair: "pair it"
        case .forgetAndPair: "forget it, then pair it"
        case .renewBond: "forget it, then pair it, or allow new bonds"
        case .forget(let address): "forget \(address?.description ?? "it")"
        case .pairAlways: "with pairing"
        case .listDevices: "a scan shows the known devices"
        case .connect: "connect it"
        case .selectByName: "Select it by its name"
        case .stopReceivingBroadcasts: "connect to it instead of receiving its broadcasts"
        }
    }
}
