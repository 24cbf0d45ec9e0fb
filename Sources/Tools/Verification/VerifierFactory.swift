import Logging
package import Outbox
import Pulsoid
import PulsoidAPI
import ServiceManager
package import Tokens
package import UploaderConfiguration
import WebClient

/// Prepares a verification: finds the profiles of the lanes, and whether a hub has a history.
package struct VerifierFactory {
    package let plan: UploadPlan
    package let selection: LaneSelection
    let view: VerificationPlan.View
    /// Nil reads with the token that is uploaded with.
    package let token: TokenSource?
    /// Profiles by the names of straps.
    let profiles: [String: String]
    package let window: Duration?
    let grace: Duration
    package let screen: VerificationScreen

    package init(
        plan: UploadPlan, selection: LaneSelection, view: VerificationPlan.View, token: TokenSource?,
        profiles: [String: String], window: Duration?, grace: Duration, screen: VerificationScreen
    ) {
        self.plan = plan
        self.selection = selection
        self.view = view
        self.token = token
        self.profiles = profiles
        self.window = window
        self.grace = grace
        self.screen = screen
    }

    package func verifier() async throws -> Verifier {
        let network = try plan.network.settings()
        let client = WebClient(network: network)
        var followers: [Verifier.Follower] = []
        for var source in try VerificationPlan(plan, selection: selection, view: view, token: token).sources {
            let address = source.address
            if token == nil {
                try await requireReadableToken(of: source) { try Self.pulsoid(at: address, $0, client, network) }
            }
            let inquiry = ProfileResolver { try Self.pulsoid(at: address, $0, client, network) }
            let members = try await inquiry.members(of: &source, told: profiles)
            let history = await history(of: source, client)
            let isPolling = if case .latest = view { true } else { false }
            followers.append(
                Verifier.Follower(
                    view: StreamFollower(
                        number: followers.count, view: view,
                        client: try Self.pulsoid(at: address, source.token, client, network)),
                    history: history,
                    profiles: { [source, profiles] in
                        var source = source
                        return (try? await inquiry.members(of: &source, told: profiles)) ?? [:]
                    },
                    matcher: DeliveryMatcher(
                        lanes: Set(source.targets.map(\.lane)), members: members, grace: grace, isPolling: isPolling,
                        asksHistory: history != nil)))
        }
        let lanes = followers.reduce(into: Set<Lane>()) { $0.formUnion($1.matcher.lanes) }
        let watch = try await OutboxFollower(path: plan.outboxPath, lanes: lanes)
        for lane in watch.unknownLanes {
            screen.note("strapline: the outbox knows no \(lane) yet: an uploader with this configuration makes it")
        }
        return Verifier(followers, watch: watch, window: window, grace: grace, screen: screen)
    }

    /// The uploader's token is made for writing. It stays as it is: another one reads.
    private func requireReadableToken(
        of source: VerificationPlan.Source, client: (TokenSource) throws -> PulsoidClient
    ) async throws {
        let scope: PulsoidScope = if case .room = source.view { .roomRead } else { .heartRateRead }
        // A service that lists no scopes is not asked for more.
        guard let validation = try? await client(source.token).validateToken(), !validation.grants(scope),
            validation.grants(.heartRateWrite)
        else { return }
        let straps = source.targets.map(\.lane.strap).joined(separator: ", ")
        let isPulsoid = source.address.description == PulsoidPath.publicBaseURL
        let make =
            isPulsoid
            ? "Make one at \(OAuthPath.keysPage), scope \(scope.rawValue)"
            : "Make one on the machine of the hub: `strapline-hub token issue --user NAME --scope \(scope.rawValue)`, "
                + "with its --database if it has one"
        throw ProfileResolver.Problem(
            description:
                "The token of \(straps) can write only, as an uploader's may: it stays as it is. To verify, pass "
                + "another one that can read: --token-file FILE. \(make).")
    }

    private static func pulsoid(
        at address: ServiceAddress, _ token: TokenSource, _ client: WebClient, _ network: NetworkSettings
    ) throws -> PulsoidClient {
        try PulsoidClient(
            service: address, token: token, client: client, certificates: network.certificates,
            logger: ProgramLog.logger(level: .warning))
    }

    /// Pulsoid's own server has no history to be asked for.
    private func history(of source: VerificationPlan.Source, _ client: WebClient) async -> HubHistory? {
        guard source.address.description != "https://dev.pulsoid.net" else { return nil }
        let history = HubHistory(service: source.address, token: source.token, client: client)
        return await history.mayBeThere() ? history : nil
    }
}
