public import HeartRate

/// The dialogue with the user during ``Bluetooth/pair(_:with:until:)``.
///
/// If the task is cancelled during a question, any answer will do.
public protocol PairingDialogue: Sendable {
    /// Whether a user can answer. If not, this machine counts as one without display and keys, and several fitting
    /// straps are an error.
    var isInteractive: Bool { get }

    /// Lets the user choose one of these devices.
    func choose(among devices: [NearbyDevice]) async -> PairingChoice

    /// Asks the user a question of bluetoothd. Any text means yes, nil refuses.
    func answer(_ question: AgentQuestion) async -> String?

    /// Reports progress to the user.
    func show(_ progress: PairingProgress) async
}

/// The choice of the user among several devices.
public enum PairingChoice: Sendable, Hashable {
    /// Pair with this device.
    case device(BluetoothAddress)
    /// Scan again.
    case lookAgain
    /// Stop.
    case giveUp
}

/// A question of bluetoothd on behalf of a strap.
public enum AgentQuestion: Sendable, Hashable {
    /// The number of up to six digits that the strap shows, or that is printed on it or in its manual.
    case passkey
    /// A code of 1 to 16 characters, for devices older than Bluetooth 2.1.
    case pinCode
    /// Whether the strap shows the same number.
    case confirmation(String)
}

/// A step of ``Bluetooth/pair(_:with:until:)``.
public enum PairingProgress: Sendable, Hashable {
    /// Scans for the strap.
    case searching
    /// Connects to the strap.
    case connecting(NearbyDevice)
    /// Uses the link of another program, which keeps it.
    case sharing(NearbyDevice)
    /// Pairs with the strap.
    case pairing
    /// The strap is paired.
    case paired
    /// The strap is trusted.
    case trusted
    /// A measurement has come.
    case measured(HeartRateMeasurement)
    /// The user types this number on the strap.
    case displayPasskey(String)
    /// The user types these characters on the strap.
    case displayPinCode(String)
}

/// The dialogue of a scan, without a user.
struct SilentDialogue: PairingDialogue {
    var isInteractive: Bool { false }
    func choose(among devices: [NearbyDevice]) async -> PairingChoice { .giveUp }
    func answer(_ question: AgentQuestion) async -> String? { nil }
    func show(_ progress: PairingProgress) async {}
}

/// The parameters of ``Bluetooth/pair(_:with:until:)``.
public struct PairingRequest: Sendable, Hashable {
    /// Selects the strap. With ``StrapSelector/first`` the user chooses if several straps are in range.
    public var selector: StrapSelector
    /// Whether to pair even if the strap does not require it.
    public var pairsAlways: Bool

    /// Makes a request.
    public init(selector: StrapSelector, pairsAlways: Bool = false) {
        self.selector = selector
        self.pairsAlways = pairsAlways
    }
}
