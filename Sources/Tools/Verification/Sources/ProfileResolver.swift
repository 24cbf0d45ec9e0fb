import Outbox
package import Pulsoid
import PulsoidAPI
package import Tokens
import WebClient

/// Finds the profile under which the service shows each lane: it validates the tokens of the lanes.
package struct ProfileResolver: Sendable {
    package struct Problem: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    /// Gives a client for a token.
    package let client: @Sendable (TokenSource) throws -> PulsoidClient

    /// The profiles of the lanes of a source, as far as known. `told` are profiles by strap, from the command line.
    ///
    /// Of a view of one user the lanes of others are left out.
    func members(
        of source: inout VerificationPlan.Source, told: [String: String]
    ) async throws -> [Lane: String] {
        var profiles: [TokenSource: String] = [:]
        for token in Set(source.targets.map(\.token)) { profiles[token] = await profile(of: token) }
        if case .room = source.view {
            let pairs = source.targets.compactMap { target in
                (told[target.lane.strap] ?? profiles[target.token]).map { (target.lane, $0) }
            }
            return Dictionary(pairs) { first, _ in first }
        }
        if let own = await profile(of: source.token) {
            let targets = source.targets.filter { target in
                target.token == source.token || (told[target.lane.strap] ?? profiles[target.token] ?? own) == own
            }
            guard !targets.isEmpty else {
                throw Problem(
                    description:
                        "The token in \(source.token) is of another user than the straps' tokens: its stream does "
                        + "not show them. Give the token of one of them, or a room that they are in.")
            }
            source.targets = targets
        }
        return Dictionary(source.targets.map { ($0.lane, Observation.tokenUser) }) { first, _ in first }
    }

    /// Nil if it is not available, or the service does not report it.
    private func profile(of token: TokenSource) async -> String? {
        try? await client(token).validateToken().profileID
    }
}
