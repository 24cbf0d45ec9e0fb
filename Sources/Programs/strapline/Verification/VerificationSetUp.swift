import Outbox
import Pulsoid
import Tokens
import WebClient

/// All that is asked before a verification begins: whose is what, and whether there is a hub with a history.
struct VerificationSetUp {
    let plan: UploadPlan
    let selection: LaneSelection
    let view: VerificationPlan.View
    /// Nil reads with the token that is uploaded with.
    let token: TokenSource?
    /// Profiles by the names of straps.
    let profiles: [String: String]
    let window: Duration?
    let grace: Duration
    let screen: VerificationScreen

    func verifier() async throws -> Verifier {
        let network = try plan.network.settings()
        let client = WebClient(network: network)
        var followers: [Verifier.Follower] = []
        for var source in try VerificationPlan(plan, selection: selection, view: view, token: token).sources {
            let address = source.address
            let inquiry = ProfileInquiry { try pulsoid(at: address, $0, client, network) }
            let members = try await inquiry.members(of: &source, told: profiles)
            let history = await history(of: source, client)
            let isPolling = if case .latest = view { true } else { false }
            followers.append(
                Verifier.Follower(
                    view: ServiceView(
                        number: followers.count, view: view,
                        client: try pulsoid(at: address, source.token, client, network)),
                    history: history,
                    matcher: DeliveryMatcher(
                        lanes: Set(source.targets.map(\.lane)), members: members, grace: grace, isPolling: isPolling,
                        asksHistory: history != nil)))
        }
        let lanes = followers.reduce(into: Set<Lane>()) { $0.formUnion($1.matcher.lanes) }
        let watch = try await OutboxWatch(path: plan.outboxPath, lanes: lanes)
        for lane in watch.unknownLanes {
            screen.note("strapline: the outbox knows no \(lane) yet: an uploader with this configuration makes it")
        }
        return Verifier(followers, watch: watch, window: window, grace: grace, screen: screen)
    }

    private func pulsoid(
        at address: ServiceAddress, _ token: TokenSource, _ client: WebClient, _ network: NetworkSettings
    ) throws -> PulsoidClient {
        try PulsoidClient(
            service: address, token: token, client: client, certificates: network.certificates,
            logger: Log.logger(level: .warning))
    }

    /// Pulsoid's own server has no history to be asked for.
    private func history(of source: VerificationPlan.Source, _ client: WebClient) async -> HubHistory? {
        guard source.address.description != "https://dev.pulsoid.net" else { return nil }
        let history = HubHistory(service: source.address, token: source.token, client: client)
        return await history.mayBeThere() ? history : nil
    }
}
