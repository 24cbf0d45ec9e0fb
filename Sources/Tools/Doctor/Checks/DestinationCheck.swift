import Destinations
import Outbox
import TextFormats
import Tokens

/// The destinations: their tokens, and whether their services answer.
enum DestinationCheck {
    /// Time enough to get a new token.
    private static let daysToRenew: Int64 = 3

    static func findings(_ facts: DestinationFacts) -> [Finding] {
        token(facts) + files(facts) + answer(facts)
    }

    private static func token(_ facts: DestinationFacts) -> [Finding] {
        guard let token = facts.token, let source = facts.source else { return [] }
        return switch token {
        case .readable(nil): []
        case .readable(let warning?):
            [Finding(.token, .warning, "\(facts.title): \(warning).", remedy: source.modeRemedy)]
        case .unreadable(let error):
            [Finding(.token, .problem, "\(facts.title): \(error.source) \(error.problem).", remedy: error.advice)]
        case .inUnitOnly:
            [
                Finding(
                    .token, .info,
                    "\(facts.title): \(source) is there for the unit alone, so it was not checked.",
                    remedy: source.isRootsToRead
                        ? "to check it: sudo strapline doctor --config …"
                        : "to check it: sudo systemd-run --pipe -p LoadCredential=NAME:FILE strapline doctor --config …"
                )
            ]
        }
    }

    private static func files(_ facts: DestinationFacts) -> [Finding] {
        facts.fileProblems.map { Finding(.service, .problem, "\(facts.title): \($0)") }
    }

    private static func answer(_ facts: DestinationFacts) -> [Finding] {
        switch facts.answer {
        case .reachable: return [reached(facts)]
        case .validated(let seconds, let scopes, let missingScope):
            return [reached(facts), validated(facts, expiresInSeconds: seconds, scopes, missingScope)]
        case .refused(let refusal, let description):
            let check: Finding.Check =
                refusal == .unexpectedAnswer || refusal == .wrongSetting ? .service : .token
            return [Finding(check, .problem, "\(facts.title): \(description)", remedy: remedy(refusal, facts))]
        case .unreachable(let sentence):
            return [
                Finding(
                    .service, .problem, "\(facts.title): \(sentence)",
                    remedy: facts.address.map { "check the network and the address: curl -sSo /dev/null \($0)" })
            ]
        }
    }

    private static func reached(_ facts: DestinationFacts) -> Finding {
        let words = facts.address.map { "\($0) answers" } ?? "it can be written"
        return Finding(.service, .ok, "\(facts.title): \(words).")
    }

    private static func validated(
        _ facts: DestinationFacts, expiresInSeconds: Int64, _ scopes: [String], _ missingScope: String?
    ) -> Finding {
        let scope = missingScope ?? facts.scope
        let renew = "get a token with the scope \(scope) and put it in \(facts.place)"
        if expiresInSeconds <= 0 {
            return Finding(.token, .problem, "\(facts.title): the token has expired.", remedy: renew)
        }
        if let missingScope {
            let scopes = scopes.joined(separator: ", ").printable()
            return Finding(
                .token, .problem,
                "\(facts.title): the token lacks the scope \(missingScope); "
                    + "it has: \(scopes.isEmpty ? "none" : scopes).",
                remedy: renew)
        }
        let hours = expiresInSeconds / 3600
        if hours < daysToRenew * 24 {
            return Finding(.token, .warning, "\(facts.title): the token expires in \(hours) h.", remedy: renew)
        }
        // A token that expires in years never expires, as far as its owner is concerned.
        let end = hours / 24 < 1000 ? ", for \(hours / 24) days more" : ""
        return Finding(.token, .ok, "\(facts.title): the token may upload\(end).")
    }

    /// Nil if the description has it.
    private static func remedy(_ refusal: ProbeAnswer.Refusal, _ facts: DestinationFacts) -> String? {
        switch refusal {
        case .notAuthorised: "get a new token and put it in \(facts.place)"
        case .paymentRequired: "get a paid plan for this account, or the token of one that has it"
        case .unexpectedAnswer: "check `address` in the configuration"
        case .wrongSetting: nil
        }
    }
}

extension DestinationFacts {
    /// `chest -> pulsoid, wrist -> pulsoid`
    fileprivate var title: String { lanes.map(\.description).joined(separator: ", ") }

    /// Where a new token goes.
    fileprivate var place: String { source.map { "\($0)" } ?? "its place" }
}

extension TokenSource {
    /// Takes permissions of other users away from a file.
    fileprivate var modeRemedy: String? {
        if case .file(let path) = self { "chmod 600 \(path.quotedForShell)" } else { nil }
    }

    /// A credential of the packaged unit, whose file is root's.
    fileprivate var isRootsToRead: Bool {
        if case .credential(_, .some) = self { true } else { false }
    }
}
