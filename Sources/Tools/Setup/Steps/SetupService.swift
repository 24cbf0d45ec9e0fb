import ArgumentParser
import Console
import Subprocess
import UploaderConfiguration

/// Lets systemd run the uploader.
package struct SetupService {
    static let unit = "strapline.service"

    let context: SetupContext
    /// Whether the configuration changed, so that a running service must restart.
    let hasChanged: Bool

    package init(_ context: SetupContext, hasChanged: Bool) {
        self.context = context
        self.hasChanged = hasChanged
    }

    private var questions: SetupQuestions { context.questions }
    private var place: ServiceLayout { context.layout }

    package func run() async throws {
        let byHand = "Start it with: strapline run --config \(place.configuration)"
        guard place.configuration == ServiceLayout.serviceConfiguration || place.credentialFolder != nil else {
            await questions.show("This configuration is not the service's. \(byHand)")
            return
        }
        guard await systemctl("cat", Self.unit).isGood else {
            await questions.show("There is no service \(Self.unit) here. \(byHand)")
            return
        }
        if await systemctl("is-active", "--quiet", Self.unit).isGood {
            guard hasChanged else { return await questions.show("The service runs already.") }
            // A restart, not a reload: systemd hands tokens over at the start only. Readings wait in the outbox.
            try await mustWork("restart", Self.unit)
            await questions.show("Service restarted.")
        } else {
            guard try await questions.confirm("Start the uploader now, and at each boot?", defaultAnswer: true) else {
                return
            }
            try await mustWork("enable", "--now", Self.unit)
            await questions.show("The service runs, and starts at each boot.")
        }
    }

    private struct Outcome {
        let isGood: Bool
        let words: String
    }

    private func mustWork(_ words: String...) async throws {
        let outcome = await systemctl(words)
        guard outcome.isGood else {
            throw SetupError(
                description: "systemctl \(words.joined(separator: " ")) failed: \(outcome.words)\n"
                    + "As root it may work: sudo systemctl \(words.joined(separator: " "))", code: .unavailable)
        }
    }

    private func systemctl(_ words: String...) async -> Outcome { await systemctl(words) }

    /// A machine without systemd has no such program: that is an answer too.
    private func systemctl(_ words: [String]) async -> Outcome {
        do {
            let result = try await Subprocess.run(
                .name("systemctl"), arguments: Arguments(words), input: .none, output: .discarded,
                error: .string(limit: 1 << 16))
            let words = result.standardError.split(whereSeparator: \.isNewline).joined(separator: " ")
            return Outcome(isGood: result.terminationStatus.isSuccess, words: words)
        } catch {
            return Outcome(isGood: false, words: "\(error)")
        }
    }
}
