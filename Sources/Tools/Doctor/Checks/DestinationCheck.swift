import Outbox
import Pulsoid
import PulsoidAPI
import TextFormats
import Tokens

/// The destinations: their tokens, and whether their services answer.
enum DestinationCheck {
    /// Time enough to get a new token.
    private static let daysToRenew: Int64 = 3

    static func findings(_ facts: DestinationFacts) -> [Finding] {
        token(facts) + answer(facts)
    }

    private static func token(_ facts: DestinationFacts) -> [Finding] {
        switch facts.token {
        case .readable(nil): []
        case .readable(let warning?):
            [Finding(.token, .warning, "\(facts.title): \(warning).", remedy: facts.tokenRemedy)]
        case .unreadable(let error):
            [Finding(.token, .problem, "\(facts.title): \(error.source) \(error.problem).", remedy: error.advice)]
        case .inUnitOnly:
            [
                Finding(
                    .token, .info,
                    "\(facts.title): \(facts.source) is there for the unit alone, so it was not checked.",
                    remedy: facts.source.isRootsToRead
                        ? "to check it: sudo strapline doctor --config …"
                        : "to check it: sudo systemd-run --pipe -p LoadCredential=NAME:FILE strapline doctor --config …"
                )
            ]
        }
    }

    private static func answer(_ facts: DestinationFacts) -> [Finding] {
        switch facts.answer {
        case .reachable: return [reached(facts)]
        case .validated(let validation): return [reached(facts), validated(facts, validation)]
        case .refused(let error):
            let check: Finding.Check = error.code == .unexpectedAnswer ? .service : .token
            return [Finding(check, .problem, "\(facts.title): \(error)", remedy: remedy(error, facts))]
        case .unreachable(let sentence):
            return [
                Finding(
                    .service, .problem, "\(facts.title): \(sentence)",
                    remedy: "check the network and the address: curl -sSo /dev/null \(facts.address)")
            ]
        }
    }

    private static func reached(_ facts: DestinationFacts) -> Finding {
        Finding(.service, .ok, "\(facts.title): \(facts.address) answers.")
    }

    private static func validated(_ facts: DestinationFacts, _ validation: TokenValidation) -> Finding {
        let scope = PulsoidScope.heartRateWrite
        let renew = "get a token with the scope \(scope.rawValue) and put it in \(facts.source)"
        if validation.expiresInSeconds <= 0 {
            return Finding(.token, .problem, "\(facts.title): the token has expired.", remedy: renew)
        }
        guard validation.grants(scope) else {
            let scopes = validation.scopes.joined(separator: ", ").printable()
            return Finding(
                .token, .problem,
                "\(facts.title): the token lacks the scope \(scope.rawValue); "
                    + "it has: \(scopes.isEmpty ? "none" : scopes).",
                remedy: renew)
        }
        let hours = validation.expiresInSeconds / 3600
        if hours < daysToRenew * 24 {
            return Finding(.token, .warning, "\(facts.title): the token expires in \(hours) h.", remedy: renew)
        }
        // One that ends in years ends never, as far as its owner is concerned.
        let end = hours / 24 < 1000 ? ", for \(hours / 24) days more" : ""
        return Finding(.token, .ok, "\(facts.title): the token may upload\(end).")
    }

    private static func remedy(_ error: PulsoidError, _ facts: DestinationFacts) -> String {
        switch error.code {
        case .notAuthorised: "get a new token and put it in \(facts.source)"
        case .paymentRequired: "get a paid plan for this account, or the token of one that has it"
        case .unavailable, .unexpectedAnswer: "check `address` in the configuration"
        }
    }
}

extension DestinationFacts {
    /// `chest -> pulsoid, wrist -> pulsoid`
    fileprivate var title: String { lanes.map(\.description).joined(separator: ", ") }

    fileprivate var tokenRemedy: String? {
        if case .file(let path) = source { "chmod 600 \(path)" } else { nil }
    }
}

extension TokenSource {
    /// A credential of the packaged unit, whose file is root's.
    fileprivate var isRootsToRead: Bool {
        if case .credential(_, .some) = self { true } else { false }
    }
}
