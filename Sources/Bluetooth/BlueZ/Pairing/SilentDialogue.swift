/// For a scan, in which nobody is asked or told anything.
struct SilentDialogue: PairingDialogue {
    var isInteractive: Bool { false }
    func choose(among devices: [NearbyDevice]) async -> PairingChoice { .giveUp }
    func answer(_ question: AgentQuestion) async -> String? { nil }
    func tell(_ progress: PairingProgress) async {}
}
