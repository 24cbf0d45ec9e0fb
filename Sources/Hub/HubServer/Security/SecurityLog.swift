import HubStore
import Logging
import Synchronization
import Timing

/// One line for each consent, each change by the administration, each end of a token and each refused secret. No line holds a
/// secret.
final class SecurityLog: Sendable {
    private let logger: Logger
    private let time: any TimeSource
    // Requests of every event loop come here; no work is done while it is held.
    private let refusals = Mutex(RefusalCounts())

    init(logger: Logger, time: any TimeSource) {
        self.logger = logger
        self.time = time
    }

    /// A level that fail2ban and a person look for: a warning. At most some lines a minute, see ``RefusalCounts``.
    func refused(_ secret: RefusedSecret, _ origin: SecurityOrigin) {
        let now = time.now().bootMilliseconds
        guard refusals.withLock({ $0.shouldWrite(origin, now: now) }) else { return }
        let token = secret.tokenID.map { [(key: "token", value: $0)] } ?? []
        let line = SecurityLine("refused", peer: "\(origin.client)", route: origin.route)
            .adding([("secret", secret.kind.rawValue), ("reason", secret.reason.rawValue)] + token)
        logger.warning("\(line.text)")
    }

    /// Writes the counts of refusals that had no line of their own. To be called now and then.
    func writeFolded() {
        let now = time.now().bootMilliseconds
        for folded in refusals.withLock({ $0.takeFolded(now: now) }) {
            let line = SecurityLine(
                "refused", peer: folded.origin.map { "\($0.client)" } ?? "several",
                route: folded.origin?.route ?? "several")
            logger.warning("\(line.adding([("more", "\(folded.count)")]).text)")
        }
    }

    /// Somebody has allowed a program, or refused it: `decision` is `allowed`, `denied` or `refused`.
    func consent(_ decision: String, _ details: [(key: String, value: String)], _ origin: SecurityOrigin) {
        write("consent", [("decision", decision)] + details, origin)
    }

    /// A consent became tokens, or ended.
    func grant(_ event: String, _ details: [(key: String, value: String)], _ origin: SecurityOrigin) {
        write("grant", [("event", event)] + details, origin)
    }

    /// A token was ended by whoever has it.
    func revoked(_ details: [(key: String, value: String)], _ origin: SecurityOrigin) {
        write("revoked", details, origin)
    }

    func changed(_ change: AdminChange, by administrator: AdminToken?, _ origin: SecurityOrigin) {
        let administrator = administrator.map {
            [("by", Administrator.adminToken($0.id).text), ("by_name", $0.name)]
        }
        write("change", (administrator ?? []) + [("change", change.name)] + change.details, origin)
    }

    /// What a command has changed.
    func changed(_ change: HubStore.NotedChange) {
        logger.notice("\(SecurityLine(written: change.text).text)")
    }

    private func write(_ event: String, _ details: [(key: String, value: String)], _ origin: SecurityOrigin) {
        logger.notice("\(SecurityLine(event, peer: "\(origin.client)", route: origin.route).adding(details).text)")
    }
}
