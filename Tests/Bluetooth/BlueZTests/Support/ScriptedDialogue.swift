import TestKit

@testable import BlueZ

/// A user with scripted answers, which records all messages.
final class ScriptedDialogue: PairingDialogue {
    let isInteractive: Bool
    let progress = Recorder<PairingProgress>()
    let questions = Recorder<AgentQuestion>()
    let choices = Recorder<[NearbyDevice]>()
    private let answers = Watched<[String?]>([])
    private let picks = Watched<[PairingChoice]>([])

    init(isInteractive: Bool) {
        self.isInteractive = isInteractive
    }

    /// The next answers to bluetoothd's questions; nil refuses.
    func willAnswer(_ text: String?...) { answers.change { $0 += text } }

    func willChoose(_ choice: PairingChoice...) { picks.change { $0 += choice } }

    /// How often a strap was marked as trusted.
    var trustedCount: Int { progress.all.count { $0 == .trusted } }

    func untilTrusted(after count: Int) async {
        await progress.until { told in told.count { $0 == .trusted } > count }
    }

    func choose(among devices: [NearbyDevice]) async -> PairingChoice {
        choices.append(devices)
        await picks.until { !$0.isEmpty }
        return picks.change { $0.isEmpty ? .giveUp : $0.removeFirst() }
    }

    func answer(_ question: AgentQuestion) async -> String? {
        questions.append(question)
        await answers.until { !$0.isEmpty }
        return answers.change { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func show(_ progress: PairingProgress) async { self.progress.append(progress) }
}
