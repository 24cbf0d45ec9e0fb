public import HeartRate

/// The person who pairs a strap: asked, and told.
///
/// A question that is asked when the task is cancelled need not be answered any more.
public protocol PairingDialogue: Sendable {
    /// Whether somebody is there to be asked. If not, bluetoothd is told that this machine has neither display nor
    /// keys, and several straps that fit are an error.
    var isInteractive: Bool { get }

    /// Which of these is meant.
    func choose(among devices: [NearbyDevice]) async -> PairingChoice

    /// The answer to a question; any text stands for yes, nil refuses.
    func answer(_ question: AgentQuestion) async -> String?

    func tell(_ progress: PairingProgress) async
}

/// What a person chose among the straps that were shown.
public enum PairingChoice: Sendable, Hashable {
    case device(BluetoothAddress)
    case lookAgain
    case giveUp
}

/// What bluetoothd asks the person in the name of a strap.
public enum AgentQuestion: Sendable, Hashable {
    /// The number of up to six digits that the strap shows, or that is printed on it or in its manual.
    case passkey
    /// 1 to 16 characters, for devices of before Bluetooth 2.1.
    case pinCode
    /// Whether the strap shows this number too.
    case confirmation(String)
}

/// What happens on the way to a paired strap, for the person who waits for it.
public enum PairingProgress: Sendable, Hashable {
    case searching
    case connecting(NearbyDevice)
    /// Another program is connected to it, and keeps its link.
    case sharing(NearbyDevice)
    case pairing
    case paired
    case trusted
    case measured(HeartRateMeasurement)
    /// The person is to type this number on the strap.
    case displayPasskey(String)
    /// The person is to type these characters on the strap.
    case displayPinCode(String)
}

/// For a scan, in which nobody is asked or told anything.
struct SilentDialogue: PairingDialogue {
    var isInteractive: Bool { false }
    func choose(among devices: [NearbyDevice]) async -> PairingChoice { .giveUp }
    func answer(_ question: AgentQuestion) async -> String? { nil }
    func tell(_ progress: PairingProgress) async {}
}
