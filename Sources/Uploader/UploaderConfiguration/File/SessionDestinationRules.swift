import Destinations
import SessionUploads
import WebClient

/// What the places for sessions of a configuration must hold beyond their shape.
struct SessionDestinationRules {
    typealias Mistake = ConfigurationRules.Mistake

    let straps: [StrapSection]

    func mistakes(in sections: [SessionDestinationSection]) -> [Mistake] {
        sections.enumerated().flatMap { index, section in
            mistakes(in: section, before: sections[..<index]).map { $0.below([.key("sessions"), .item(index)]) }
        }
    }

    private func mistakes(
        in section: SessionDestinationSection, before others: ArraySlice<SessionDestinationSection>
    ) -> [Mistake] {
        let kind = section.kind.kind
        let strap = ConfigurationRules.strapMistake(section.strapName(among: straps), straps)
        var mistakes = [nameMistake(section, others), strap].compactMap(\.self)
        mistakes += section.foreignKeys.map { key in
            ConfigurationRules.mistake(key, "`\(key)` is not an option of \(kind.title)", .kind)
        }
        let ofOptions = kind.mistakes(in: section.options).map { ConfigurationRules.mistake($0) }
        return mistakes + [tokenMistake(section), addressMistake(section)].compactMap(\.self) + ofOptions
    }

    private func nameMistake(
        _ section: SessionDestinationSection, _ others: ArraySlice<SessionDestinationSection>
    ) -> Mistake? {
        if section.destinationName.isEmpty {
            return ConfigurationRules.mistake("name", "the `name` of a place for sessions is empty", .values)
        }
        let twins = others.indices.filter { others[$0].destinationName == section.destinationName }
        guard !twins.isEmpty else { return nil }
        var mistake = ConfigurationRules.mistake(
            section.name == nil ? "service" : "name",
            "another place for sessions is named `\(section.destinationName)` already: give one another `name`",
            section.name == nil ? .kind : .values)
        mistake.twins = twins.contains { others[$0].name != nil } ? [] : twins
        return mistake
    }

    private func tokenMistake(_ section: SessionDestinationSection) -> Mistake? {
        let tokens = [section.tokenFile, section.tokenEnvironment, section.tokenCredential]
        let kind = section.kind.kind
        switch (tokens.count { $0 != nil }, kind.tokenRule) {
        case (1..., .none): return ConfigurationRules.mistake("service", "\(kind.title) takes no token", .kind)
        case (1, _), (0, .optional), (0, .none): break
        case (let count, _):
            return ConfigurationRules.mistake(
                "service",
                "`\(section.destinationName)` needs one of token_file, token_environment, token_credential",
                count == 0 ? .section : .kind)
        }
        guard tokens != [nil, nil, nil], section.options.text("user") != nil else { return nil }
        return ConfigurationRules.mistake("user", "give a token or a `user`, not both", .values)
    }

    private func addressMistake(_ section: SessionDestinationSection) -> Mistake? {
        let kind = section.kind.kind
        guard let address = section.address else {
            guard kind.needsAddress else { return nil }
            return ConfigurationRules.mistake("service", "`\(section.destinationName)` needs an `address`")
        }
        if kind.addressRule == .none {
            return ConfigurationRules.mistake("address", "\(kind.title) has no address", .kind)
        }
        do throws(ServiceAddressError) {
            _ = try ServiceAddress(address)
            return nil
        } catch {
            return ConfigurationRules.mistake("address", error.description, .kind)
        }
    }
}
