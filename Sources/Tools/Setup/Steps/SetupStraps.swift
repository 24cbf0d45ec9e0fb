import ArgumentParser
package import BlueZ
import Console
import Destinations
import TextFormats
import UploaderConfiguration

/// Adds straps to the configuration: found and tried, or given by their addresses.
package struct SetupStraps {
    let context: SetupContext
    let tokens: SetupTokens
    /// Finds a strap with the user, and tries it.
    let pair: () async throws -> NearbyDevice
    /// Looks for a strap, and scans for an unknown one; nil if bluetoothd does not answer.
    let look: (StrapConfiguration) async -> BluetoothSurvey.Strap?

    package init(
        _ context: SetupContext, tokens: SetupTokens, pair: @escaping () async throws -> NearbyDevice,
        look: @escaping (StrapConfiguration) async -> BluetoothSurvey.Strap?
    ) {
        self.context = context
        self.tokens = tokens
        self.pair = pair
        self.look = look
    }

    private var questions: SetupQuestions { context.questions }
    private var place: ServiceLayout { context.layout }
    private var options: SetupOptions { context.options }

    /// Returns whether the configuration is another than before.
    package func run() async throws -> Bool {
        let draft = try context.draft()
        if let file = options.roster, let tokens = options.tokens {
            let roster = try SetupRoster(file: file, tokens: tokens)
            for name in roster.others { await questions.show("\(name) has no strap in \(file).") }
            return try await add(options.straps + roster.straps, failures: roster.mistakes)
        }
        if !options.straps.isEmpty { return try await add(options.straps) }
        if questions.isUnattended {
            throw SetupError(
                description: "Which strap? Give --strap NAME=ADDRESS, or --roster FILE; strapline scan shows the "
                    + "addresses.",
                code: .validationFailure)
        }
        if let answers = try await keptAnswers() {
            try await finish(answers, context.draft())
        } else {
            guard try await wantsStrap(beside: draft.names) else { return false }
            try await addFound()
        }
        while try await questions.confirm("Another strap?", defaultAnswer: false) { try await addFound() }
        return true
    }

    private func wantsStrap(beside names: Set<String>) async throws -> Bool {
        guard !names.isEmpty else { return true }
        try await show()
        if try await questions.confirm("Add another strap? Existing entries stay.", defaultAnswer: false) {
            return true
        }
        await questions.show(
            "Kept. To change it, edit the file, then: strapline check --config "
                + place.configuration.quotedForShell)
        return false
    }

    private func show() async throws {
        await questions.show("\(place.configuration) says:")
        for line in PlanDescription(try context.plan(), advice: StrapAdvice.command).lines {
            await questions.show("  " + line)
        }
    }

    private func addFound() async throws {
        let device = try await pair()
        let draft = try context.draft()
        if let known = draft.name(of: device) {
            await questions.show("It works, and is there already: `\(known)`.")
            return
        }
        guard let identity = StableIdentity(of: device) else { throw Self.refusal(of: device.address) }
        let answers = SetupAnswers(device, identity, beside: context.path)
        try await finish(answers, draft, proposal: StrapEntry.name(for: device, taken: draft.names))
        if let why = identity.explanation(insteadOf: device.address) { await questions.show(why) }
        if let hint = device.broadcastHint { await questions.show(hint) }
    }

    /// The answers of a setup that was stopped, if the user goes on with them.
    private func keptAnswers() async throws -> SetupAnswers? {
        guard let answers = SetupAnswers.kept(beside: context.path), let identity = answers.current.identity else {
            return nil
        }
        let content = answers.current
        if try context.draft().name(of: identity) == nil,
            try await questions.confirm(
                "Go on with \(content.name.map { "\($0), " } ?? "")\(content.title.printable())?", defaultAnswer: true)
        {
            return answers
        }
        answers.discard()
        return nil
    }

    /// Asks the rest, and writes the strap into the configuration.
    private func finish(_ answers: SetupAnswers, _ draft: ConfigurationDraft, proposal: String = "strap") async throws {
        guard let identity = answers.current.identity else { return }
        do {
            var name = answers.current.name ?? proposal
            if answers.current.name == nil || draft.names.contains(name) {
                name = try await askName(proposal, taken: draft.names)
                answers.note { [name] in $0.name = name }
            }
            try await write(name, identity, tokens, into: draft, answers)
            answers.discard()
        } catch let error where error is CancellationError || (error as? SetupError) == .byPerson {
            let title = answers.current.name ?? answers.current.title.printable()
            throw SetupError(
                description: "Stopped. The answers about \(title) are kept: `strapline setup pair --config "
                    + "\(context.path.quotedForShell)` goes on with them.", code: SetupError.byPerson.exitCode)
        } catch {
            if try context.draft().name(of: identity) != nil { answers.discard() }
            throw error
        }
    }

    private func askName(_ proposal: String, taken names: Set<String>) async throws -> String {
        let free = StrapEntry.name(proposal, taken: names)
        while true {
            let name = try await questions.ask("Its name?", defaultAnswer: free)
            guard names.contains(name) else { return name }
            await questions.show("Another strap is named \(name) already.")
        }
    }

    /// Adds all that can be added, and then reports every failure; `failures` are known before. Returns whether a strap
    /// was new.
    private func add(_ straps: [NamedStrap], failures known: [String] = []) async throws -> Bool {
        if let only = straps.first, straps.count == 1, known.isEmpty { return try await add(only) }
        var hasChanged = false
        var failures = known
        var code = known.isEmpty ? ExitCode.success : .dataError
        for strap in straps {
            do {
                if try await add(strap) { hasChanged = true }
            } catch let error as any CommandFailure where error.exitCode != SetupError.byPerson.exitCode {
                failures.append("\(strap.name): \(error.message)")
                if code == .success { code = error.exitCode }
            }
        }
        guard failures.isEmpty else {
            let done = straps.count - failures.count + known.count
            throw SetupError(
                description: failures.joined(separator: "\n")
                    + "\n\(done) \(done == 1 ? "strap is" : "straps are") set up. Correct the others, and run the "
                    + "command again.", code: code)
        }
        return hasChanged
    }

    /// Whether it was not there.
    private func add(_ strap: NamedStrap) async throws -> Bool {
        let draft = try context.draft()
        if draft.name(of: strap.identity) == strap.name {
            await questions.show("\(strap.name) is in \(place.configuration) already: unchanged.")
            return false
        }
        if let other = draft.name(of: strap.identity) {
            throw SetupError(
                description: "the strap is `\(other)` in \(place.configuration) already. To give it another name: "
                    + "strapline strap rename \(other.quotedForShell) \(strap.name.quotedForShell) --config "
                    + place.configuration.quotedForShell, code: .wrongConfiguration)
        }
        if draft.names.contains(strap.name) {
            throw SetupError(
                description: "\(place.configuration) has another strap with the name \(strap.name). To remove that: "
                    + "strapline strap remove \(strap.name.quotedForShell) --config "
                    + place.configuration.quotedForShell, code: .wrongConfiguration)
        }
        guard case .address(let address) = strap.identity else {
            try await write(strap.name, strap.identity, tokens.reading(strap.tokenFile), into: draft)
            return true
        }
        let identity = try await identity(of: strap.name, address)
        try await write(strap.name, identity, tokens.reading(strap.tokenFile), into: draft)
        if let why = identity.explanation(insteadOf: address) { await questions.show(why) }
        return true
    }

    /// The strap may be known by an address that it gives up soon.
    private func identity(of name: String, _ address: BluetoothAddress) async throws(SetupError) -> StableIdentity {
        guard address.isPrivateWhenRandom else { return .address(address) }
        let found = await look(StrapConfiguration(name: name, selector: .address(address)))
        let identity = StableIdentity(
            address: address, hasPrivateAddress: found?.hasPrivateAddress ?? address.isCertainlyPrivate,
            ownName: found?.device?.name)
        if let identity { return identity }
        guard found?.device == nil else { throw Self.refusal(of: address) }
        throw SetupError(description: StableIdentity.refusal(ofUnheard: address), code: .unavailable)
    }

    private static func refusal(of address: BluetoothAddress) -> SetupError {
        SetupError(description: StableIdentity.refusal(of: address), code: .unavailable)
    }

    private func write(
        _ name: String, _ identity: StableIdentity, _ tokens: SetupTokens, into draft: ConfigurationDraft,
        _ answers: SetupAnswers? = nil
    ) async throws {
        let targets = try await SetupDestinations(context, network: tokens.network).targets(of: name, answers: answers)
        var destinations: [DestinationEntry] = []
        do {
            for target in targets {
                destinations.append(target.entry(try await token(for: target, of: name, tokens)))
            }
        } catch let error where error is CancellationError || (error as? SetupError) == .byPerson {
            // The answers so far are not lost: only tokens are missing.
            let missing = targets.dropFirst(destinations.count)
            destinations += missing.map { target in
                target.entry(target.service.kind.tokenRule == .required ? tokens.later(target, of: name) : nil)
            }
            try await write(StrapEntry(name: name, identity: identity, destinations: destinations), into: draft)
            throw SetupError(
                description: "Stopped. \(name) lacks its token: `strapline setup login --config "
                    + "\(place.configuration.quotedForShell)` asks for it.", code: SetupError.byPerson.exitCode)
        }
        try await write(StrapEntry(name: name, identity: identity, destinations: destinations), into: draft)
    }

    private func write(_ entry: StrapEntry, into draft: ConfigurationDraft) async throws {
        try SetupFile.write(try draft.text(adding: entry), to: place.configuration, .configuration)
        await questions.show("\(entry.name) is in \(place.configuration).")
    }

    /// An optional token is asked for, and taken from the options.
    private func token(
        for target: SetupTarget, of name: String, _ tokens: SetupTokens
    ) async throws -> DestinationEntry.Token? {
        switch target.service.kind.tokenRule {
        case .required: break
        case .optional:
            if tokens.path == nil, !options.tokenStdin {
                let question = "Does \(target.service.kind.title) need a token?"
                guard try await questions.confirm(question, defaultAnswer: false) else { return nil }
            }
        case .none: return nil
        }
        return try await tokens.keep(target, of: name)
    }
}
