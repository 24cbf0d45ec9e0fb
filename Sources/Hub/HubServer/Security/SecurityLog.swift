import HubStore
import Logging
import Synchronization
import Timing

/// The security log: one line for each consent, change by the administration, ended token and refused secret. No line
/// holds a secret.
final class SecurityLog: Sendable {
    private let logger: Logger
    private let time: any TimeSource
    // Requests of every event loop use it. No work is done under the lock.
    private let refusals = Mutex(RefusalCounts())

    init(logger: Logger, time: any TimeSource) {
        self.logger = logger
        self.time = time
    }

    /// A warning: fail2ban and administrators look for it. The lines are limited, see ``RefusalCounts``.
    func refused(_ secret: RefusedSecret, _ origin: SecurityOrigin) {
        let now = time.now().bootMilliseconds
        guard refusals.withLock({ $0.shouldWrite(origin, now: now) }) else { return }
        let token = secret.tokenID.map { [(key: "token", value: $0)] } ?? []
        let line = SecurityLine("refused", peer: "\(origin.client)", route: origin.route)
            .adding([("secret", secret.kind.rawValue), ("reason", secret.reason.rawValue)] + token)
        logger.warning("\(line.text)")
    }

    /// Writes the counts of refusals without a line of their own. Call it about once a second.
    func writeFolded() {
        let now = time.now().bootMilliseconds
        for folded in refusals.withLock({ $0.takeFolded(now: now) }) {
            let line = SecurityLine(
                "refused", peer: folded.origin.map { "\($0.client)" } ?? "several",
                route: folded.origin?.route ?? "several")
            logger.warning("\(line.adding([("more", "\(folded.count)")]).text)")
        }
    }

    /// A user has allowed a program, or denied it: `decision` is `allowed`, `denied` or `refused`.
    func consent(_ decision: String, _ details: [(key: String, value: String)], _ origin: SecurityOrigin) {
        write("consent", [("decision", decision)] + details, origin)
    }

    /// A consent was exchanged for tokens, or ended.
    func grant(_ event: String, _ details: [(key: String, value: String)], _ origin: SecurityOrigin) {
        write("grant", [("event", event)] + details, origin)
    }

    /// The holder of a token ended it.
    func revoked(_ details: [(key: String, value: String)], _ origin: SecurityOrigin) {
        write("revoked", details, origin)
    }

    func changed(_ change: AdminChange, by administrator: AdminToken?, _ origin: SecurityOrigin) {
        let administrator = administrator.map {
            [("by", Administrator.adminToken($0.id).text), ("by_name", $0.name)]
        }
        write("change", (administrator ?? []) + [("change", change.name)] + change.details, origin)
    }

    /// A change by a command.
    func changed(_ change: NotedChange) {
        logger.notice("\(SecurityLine(written: change.text).text)")
    }

    private func write(_ event: String, _ details: [(key: String, value: String)], _ origin: SecurityOrigin) {
        logger.notice("\(SecurityLine(event, peer: "\(origin.client)", route: origin.route).adding(details).text)")
    }
}
