import ArgumentParser
import BlueZ
import Console
import Doctor
import Pulsoid
import Setup
import Tokens
import UploaderConfiguration
import UploaderStatus
import WebClient

struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Set up everything in one conversation, from the machine to the first readings.",
        discussion: """
            It checks the machine, finds a strap and tries it, asks for the destinations and the token, writes the \
            configuration, starts the uploader with systemd, and waits for the first readings. Existing entries of \
            the configuration stay. Name steps to run only these: doctor, pair, login (a new token), outputs (OBS, a \
            webhook and others), sessions (intervals.icu, Runalyze, a folder, WebDAV), service, watch.

            Without --config it uses the file of the packaged service as root, and \
            ~/.config/strapline/strapline.yaml otherwise.

            With --yes it asks nothing, for scripts. Then the default steps are pair and service:

              strapline setup -y --strap anna=C4:11:22:33:44:55 --token-file anna.token
            """)

    @Argument(help: "The steps to run.") var steps: [SetupStep] = []
    @OptionGroup var file: ConfigurationOption
    @OptionGroup var options: SetupOptions
    @OptionGroup var adapter: BluetoothOptions

    func run() async throws {
        do {
            try await perform()
        } catch is CancellationError {
            throw SetupError.byPerson
        }
    }

    private func perform() async throws {
        let terminal = StandardTerminal()
        guard options.yes || terminal.isInteractive else {
            throw SetupError(
                description: "setup asks questions: run it from a terminal, or with --yes and your answers as options.",
                code: .validationFailure)
        }
        let context = SetupContext(
            questions: SetupQuestions(
                terminal: InterruptibleTerminal(terminal: terminal), isUnattended: options.yes),
            options: options, layout: ServiceLayout(configuration: file.named ?? ConfigurationLocation.named()))
        var hasChanged = false
        for step in steps.isEmpty ? SetupStep.steps(options) : steps {
            switch step {
            case .doctor: try await examine(context.questions)
            case .pair:
                let straps = SetupStraps(
                    context, tokens: try await tokens(context), pair: { try await find(terminal, context) },
                    look: { try? await BluetoothSurveyor().survey(lookingFor: [$0]).straps.first })
                if try await straps.run() { hasChanged = true }
            case .login:
                try await SetupLogin(context, tokens: try await tokens(context)).run()
                hasChanged = true
            case .outputs: if try await SetupOutputs(context).run() { hasChanged = true }
            case .sessions: if try await SetupSessions(context).run() { hasChanged = true }
            case .service: try await SetupService(context, hasChanged: hasChanged).run()
            case .watch: try await watch(context)
            }
        }
    }

    private func watch(_ context: SetupContext) async throws {
        let query = try StatusQuery(configuration: context.path)
        let watch = SetupWatch(
            questions: context.questions, configuration: context.path, limit: .seconds(options.wait),
            status: {
                let report = await query.ask().report
                return report.isRunning ? report : nil
            })
        try await watch.run()
    }

    private func examine(_ questions: SetupQuestions) async throws {
        let diagnosis = Diagnosis(findings: await DiagnosticRun().findings(nil))
        let indent = diagnosis.indent
        for line in diagnosis.lines { await questions.show(line, hanging: line.hasPrefix(" ") ? 2 : indent) }
        if diagnosis.hasProblems, try await !questions.confirm("Continue anyway?", defaultAnswer: options.yes) {
            throw SetupError(description: "Fix that first, then run this again.", code: .unavailable)
        }
    }

    private func find(_ terminal: StandardTerminal, _ context: SetupContext) async throws -> NearbyDevice {
        let names = ConfiguredNames(configuration: context.path)
        let interruption = await Interruption()
        return try await adapter.bluetooth.pair(
            PairingRequest(selector: .first), with: TerminalDialogue(terminal: terminal, names: names),
            until: { await interruption.wait() })
    }

    private func tokens(_ context: SetupContext) async throws -> SetupTokens {
        let configuration = try context.configuration()
        return SetupTokens(
            context, services: configuration?.services,
            network: try (configuration?.network ?? NetworkSection()).settings(),
            given: try await givenToken(context.layout))
    }

    private func givenToken(_ layout: ServiceLayout) async throws -> StoredToken? {
        guard options.tokenStdin else {
            guard let path = options.tokenPath, !layout.isForUploader(path) else { return nil }
            return try TokenSource.file(path: path).stored()
        }
        let text = try await SecretPrompt.read("Paste the token (it is not shown), then Enter: ") ?? ""
        guard let token = StoredToken(text) else {
            throw SetupError(
                description: "No token came on stdin. \(StoredToken.problem(in: text) ?? "")", code: .dataError)
        }
        return token
    }
}
