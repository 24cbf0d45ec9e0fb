import ArgumentParser
import Console
import TextFormats
import UploaderConfiguration

/// Lets systemd run the uploader.
package struct SetupService {
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
        let byHand = "Start it with: strapline run --config \(place.configuration.quotedForShell)"
        guard place.configuration == ServiceLayout.serviceConfiguration || place.credentialFolder != nil else {
            await questions.show("This configuration is not the service's. \(byHand)")
            return
        }
        guard await Systemctl.hasUnit() else {
            await questions.show("There is no service \(Systemctl.unit) here. \(byHand)")
            return
        }
        if await Systemctl.run(["is-active", "--quiet", Systemctl.unit]).isGood {
            guard hasChanged else { return await questions.show("The service runs already.") }
            // A restart, not a reload: systemd hands tokens over at the start only. Readings wait in the outbox.
            try await mustWork("restart", Systemctl.unit)
            await questions.show("Service restarted.")
        } else {
            guard try await questions.confirm("Start the uploader now, and at each boot?", defaultAnswer: true) else {
                return
            }
            try await mustWork("enable", "--now", Systemctl.unit)
            await questions.show("The service runs, and starts at each boot.")
        }
    }

    private func mustWork(_ words: String...) async throws {
        let outcome = await Systemctl.run(words)
        guard outcome.isGood else {
            throw SetupError(
                description: "systemctl \(words.joined(separator: " ")) failed: \(outcome.words)\n"
                    + "As root it may work: sudo systemctl \(words.joined(separator: " "))", code: .unavailable)
        }
    }
}
