/// The person who pairs a strap: asked, and told.
///
/// A question that is asked when the task is cancelled need not be answered any more.
public protocol PairingDialogue: Sendable {
    /// Whether somebody is there to be asked. If not, bluetoothd is told that this machine has neither display nor keys,
    /// and several straps that fit are an error.
    var isInteractive: Bool { get }

    /// Which of these is meant.
    func choose(among devices: [NearbyDevice]) async -> PairingChoice

    /// The answer to a question; any text stands for yes, nil refuses.
    func answer(_ question: AgentQuestion) async -> String?

    func tell(_ progress: PairingProgress) async
}
