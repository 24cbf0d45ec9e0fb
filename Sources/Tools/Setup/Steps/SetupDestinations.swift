import ArgumentParser
import Destinations
import UploaderConfiguration
import WebClient

/// A destination of a new strap, before it has its token.
struct SetupTarget {
    let service: DestinationSection.Service
    /// Another name than the service's: for a hub beside Pulsoid.
    var name: String?
    var address: String?
    var options: [(key: String, value: String)] = []

    func entry(_ token: DestinationEntry.Token?) -> DestinationEntry {
        DestinationEntry(service: service, name: name, address: address, options: options, token: token)
    }

    /// The name of the token's file.
    func tokenName(of strap: String) -> String { "\(name ?? service.rawValue)-\(StrapEntry.plain(strap))" }
}

/// Finds out where the readings of a new strap go: from the options, else from the user.
struct SetupDestinations {
    let context: SetupContext
    let client: WebClient

    init(_ context: SetupContext, network: NetworkSettings) {
        self.context = context
        client = WebClient(network: network)
    }

    private var questions: SetupQuestions { context.questions }
    private var options: SetupOptions { context.options }

    /// The services with an address of their own, a hub, and the others.
    static var choices: [DestinationSection.Service?] {
        let all = DestinationSection.Service.allCases
        return all.filter { $0.kind.standardAddress != nil }.map(Optional.some) + [nil]
            + all.filter { $0.kind.standardAddress == nil }.map(Optional.some)
    }

    /// `answers` has those of an earlier setup, and gets the new ones.
    func targets(of strap: String, answers: SetupAnswers? = nil) async throws -> [SetupTarget] {
        if !options.services.isEmpty || options.hub != nil || questions.isUnattended {
            let services = options.services.isEmpty ? [.pulsoid] : options.services
            var targets: [SetupTarget] = []
            for service in services { targets.append(try await target(service, of: strap)) }
            return targets
        }
        // The next strap of a group usually goes where the last one does.
        let last = try context.configuration()?.straps.last?.destinations ?? []
        let chosen = try await questions.choose(
            among: Self.choices.map { $0?.kind.title ?? "a hub of your own" },
            question: "Where do the readings of \(strap) go? Numbers, with spaces between:",
            defaultAnswer: answers?.current.destinations ?? Self.numbers(of: last))
        answers?.note { $0.destinations = Set(chosen).sorted().map { "\($0 + 1)" }.joined(separator: " ") }
        var targets: [SetupTarget] = []
        for choice in Set(chosen).sorted() {
            if let service = Self.choices[choice] {
                targets.append(try await target(service, of: strap))
                continue
            }
            let question = HubAddressQuestion(questions: questions, client: client)
            let offered = answers?.current.hub ?? last.last(where: \.isHub)?.address
            let address = try await question.ask(last: offered) { typed in answers?.note { $0.hub = typed } }
            // Beside Pulsoid it needs a name of its own.
            let isSecond = targets.contains { $0.service == .pulsoid }
            targets.append(SetupTarget(service: .pulsoid, name: isSecond ? "hub" : nil, address: address))
        }
        return targets
    }

    /// With the values of the options, else of the user's answers.
    private func target(_ service: DestinationSection.Service, of strap: String) async throws -> SetupTarget {
        let kind = service.kind
        var target = SetupTarget(service: service)
        if kind.addressRule != .none { target.address = options.hubAddress }
        if kind.needsAddress, target.address == nil { target.address = try await address(of: kind) }
        while true {
            let (texts, values) = try await answers(for: kind)
            target.options = texts
            guard let mistake = kind.furtherMistake(in: values) else {
                let person = SamePerson(context: context)
                if try await person.permits(values, of: strap, at: service, address: target.address) { return target }
                continue
            }
            if questions.isUnattended {
                throw SetupError(description: "\(mistake.message).", code: .validationFailure)
            }
            await questions.show("\(mistake.message).")
        }
    }

    /// The values of the options, as texts and as the kind reads them.
    private func answers(
        for kind: any DestinationKind
    ) async throws -> (texts: [(key: String, value: String)], values: OptionValues) {
        var texts: [(key: String, value: String)] = []
        var values = OptionValues()
        for option in kind.options where kind.asks(for: option, after: values) {
            var text = options.value(of: option.key)
            if text == nil, let prompt = option.prompt { text = try await value(of: option, prompt) }
            guard let text else { continue }
            texts.append((option.key, text))
            values[option.key] = option.value(of: text)
        }
        return (texts, values)
    }

    /// The user's answer; nil if the option is left out.
    private func value(of option: DestinationOption, _ prompt: String) async throws -> String? {
        if option.isRequired { return try await required(prompt) }
        while true {
            let answer = try await questions.ask(prompt)
            if answer.isEmpty { return nil }
            let problem: String? =
                option.value(of: answer).map { option.problem(with: $0) } ?? "`\(option.key)` must be a number"
            guard let problem else { return answer }
            await questions.show("\(problem).")
        }
    }

    /// The numbers of the choices that make these destinations; Pulsoid's where there are none.
    static func numbers(of destinations: [DestinationSection]) -> String {
        let numbers = Set(
            destinations.compactMap { destination in
                choices.firstIndex { destination.isHub ? $0 == nil : $0 == destination.service }.map { $0 + 1 }
            })
        return numbers.isEmpty ? "1" : numbers.sorted().map(String.init).joined(separator: " ")
    }

    private func address(of kind: any DestinationKind) async throws -> String {
        while true {
            let address = try await required("The address, as https://example.net/path:")
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
