import ArgumentParser
package import BlueZ
import Console
import Destinations
import UploaderConfiguration
import WebClient

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
        try await write(name, identity, into: draft)
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
        try await write(strap.name, identity, into: draft)
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

    private func write(_ name: String, _ identity: StableIdentity, into draft: ConfigurationDraft) async throws {
        var destinations: [DestinationEntry] = []
        for target in try await targets(of: name) {
            let token = try await token(for: target, of: name)
            destinations.append(
                DestinationEntry(
                    service: target.service, address: target.address, options: target.options, token: token))
        }
        let entry = StrapEntry(name: name, identity: identity, destinations: destinations)
        try SetupFile.write(try draft.text(adding: entry), to: place.configuration, .configuration)
        await questions.show("\(name) is in \(place.configuration).")
    }

    /// An optional token is asked for, and taken from the options.
    private func token(for target: Target, of name: String) async throws -> DestinationEntry.Token? {
        switch target.service.kind.tokenRule {
        case .required: break
        case .optional:
            if options.tokenFile == nil, !options.tokenStdin {
                let question = "Does \(target.service.kind.title) need a token?"
                guard try await questions.confirm(question, defaultAnswer: false) else { return nil }
            }
        case .none: return nil
        }
        return try await tokens.keep(for: target.service, of: name, address: target.address)
    }

    private struct Target {
        let service: DestinationSection.Service
        var address: String?
        var options: [(key: String, value: String)] = []
    }

    /// Where the readings go: as the options say, else as the user answers.
    private func targets(of name: String) async throws -> [Target] {
        if !options.services.isEmpty || options.hub != nil || questions.isUnattended {
            let services = options.services.isEmpty ? [.pulsoid] : options.services
            var targets: [Target] = []
            for service in services { targets.append(try await target(service)) }
            return targets
        }
        let known = DestinationSection.Service.allCases.filter { $0.kind.standardAddress != nil }
        let others = DestinationSection.Service.allCases.filter { $0.kind.standardAddress == nil }
        let services: [DestinationSection.Service?] =
            known.map(Optional.some) + [nil] + others.map(Optional.some)
        var targets: [Target] = []
        let chosen = try await questions.choose(
            among: services.map { $0?.kind.title ?? "a hub of your own" },
            question: "Where do the readings of \(name) go? Numbers, with spaces between:")
        for choice in Set(chosen).sorted() {
            if let service = services[choice] {
                targets.append(try await target(service))
            } else {
                // Beside Pulsoid it would be a second destination of that name.
                targets.removeAll { $0.service == .pulsoid }
                targets.append(Target(service: .pulsoid, address: try await hubAddress()))
            }
        }
        return targets
    }

    /// With the values of the options, else of the user's answers.
    private func target(_ service: DestinationSection.Service) async throws -> Target {
        let kind = service.kind
        var target = Target(service: service)
        if kind.addressRule != .none { target.address = options.hub }
        if kind.needsAddress, target.address == nil {
            target.address = try await address("The address, as https://example.net/path:", of: kind)
        }
        for option in kind.options {
            if let value = options.value(of: option.key) {
                target.options.append((option.key, value))
            } else if option.isRequired, let prompt = option.prompt {
                target.options.append((option.key, try await required(prompt)))
            }
        }
        return target
    }

    private func hubAddress() async throws -> String {
        try await address("The hub's address, as http://192.168.1.10:8080:", of: DestinationKinds.pulsoid)
    }

    private func address(_ question: String, of kind: any DestinationKind) async throws -> String {
        while true {
            let address = try await required(question)
            do throws(ServiceAddressError) {
                _ = try kind.address(address)
                return address
            } catch {
                await questions.show("\(error)")
            }
        }
    }

    private func required(_ question: String) async throws(SetupError) -> String {
        if questions.isUnattended {
            throw SetupError(description: "An answer is missing: \(question)", code: .validationFailure)
        }
        while true {
            let answer = try await questions.ask(question)
            if !answer.isEmpty { return answer }
        }
    }
}
