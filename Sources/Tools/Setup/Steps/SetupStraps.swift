import ArgumentParser
package import BlueZ
import Console
import Destinations
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
        if !options.straps.isEmpty {
            var hasChanged = false
            for strap in options.straps where try await add(strap) { hasChanged = true }
            return hasChanged
        }
        if questions.isUnattended {
            throw SetupError(
                description: "Which strap? Give --strap NAME=ADDRESS; strapline scan shows the addresses.",
                code: .validationFailure)
        }
        if !draft.names.isEmpty {
            try await show()
            guard try await questions.confirm("Add another strap? Existing entries stay.", defaultAnswer: false)
            else {
                await questions.show(
                    "Kept. To change it, edit the file, then: strapline check --config \(place.configuration)"
                )
                return false
            }
        }
        repeat { try await addFound() } while try await questions.confirm("Another strap?", defaultAnswer: false)
        return true
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
        var name = StrapEntry.name(for: device, taken: draft.names)
        repeat { name = try await questions.ask("Its name?", defaultAnswer: name) } while draft.names.contains(name)
        try await write(name, identity, tokens, into: draft)
        if let why = identity.explanation(insteadOf: device.address) { await questions.show(why) }
        if let hint = device.broadcastHint { await questions.show(hint) }
    }

    /// Whether it was not there.
    private func add(_ strap: NamedStrap) async throws -> Bool {
        let draft = try context.draft()
        if draft.name(of: strap.address) == strap.name {
            await questions.show("\(strap.name) is in \(place.configuration) already: unchanged.")
            return false
        }
        if draft.names.contains(strap.name) || draft.name(of: strap.address) != nil {
            throw SetupError(
                description: "\(place.configuration) has \(draft.name(of: strap.address) ?? strap.name) with another "
                    + "address or name than \(strap.name)=\(strap.address): change that by hand.",
                code: .wrongConfiguration)
        }
        let identity = try await identity(of: strap)
        try await write(strap.name, identity, tokens.reading(strap.tokenFile), into: draft)
        if let why = identity.explanation(insteadOf: strap.address) { await questions.show(why) }
        return true
    }

    /// The strap may be known by an address that it gives up soon.
    private func identity(of strap: NamedStrap) async throws(SetupError) -> StableIdentity {
        guard strap.address.isPrivateWhenRandom else { return .address(strap.address) }
        let found = await look(StrapConfiguration(name: strap.name, selector: .address(strap.address)))
        let identity = StableIdentity(
            address: strap.address, hasPrivateAddress: found?.hasPrivateAddress ?? strap.address.isCertainlyPrivate,
            ownName: found?.device?.name)
        if let identity { return identity }
        guard found?.device == nil else { throw Self.refusal(of: strap.address) }
        throw SetupError(description: StableIdentity.refusal(ofUnheard: strap.address), code: .unavailable)
    }

    private static func refusal(of address: BluetoothAddress) -> SetupError {
        SetupError(description: StableIdentity.refusal(of: address), code: .unavailable)
    }

    private func write(
        _ name: String, _ identity: StableIdentity, _ tokens: SetupTokens, into draft: ConfigurationDraft
    ) async throws {
        let targets = try await SetupDestinations(context, network: tokens.network).targets(of: name)
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
                    + "\(place.configuration)` asks for it.", code: SetupError.byPerson.exitCode)
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
