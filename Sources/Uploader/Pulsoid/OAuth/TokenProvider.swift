package import EventThread
import Files
package import Logging
package import Timing
package import Tokens

/// Provides the token of one source, and renews it if possible: one refresh at a time for all callers.
///
/// A refresh spends the old pair of tokens. So disk space is reserved before the refresh, and the new pair is on the
/// disk before it is used. docs/tokens.md lists the remaining risks and their remedies.
package actor TokenProvider {
    /// How often writing a new token is retried.
    static let savingInterval: Duration = .seconds(10)
    /// Callers that waited for a failed refresh do not each begin another.
    private static let shortestWait: Duration = .seconds(1)
    /// Some hundred bytes are needed.
    private static let reservedBytes = 8 * 1024

    package nonisolated let source: TokenSource
    private let oauth: PulsoidOAuth?
    private let clientID: String?
    private let backoff: Backoff
    private let thread: EventThread
    private let time: any TimeSource
    private let logger: Logger
    private let advice: RenewalAdvice

    private var machine = TokenRefresh()
    private var refreshing: Task<Void, Never>?
    private var unsaved: PendingToken?

    /// Without `oauth` tokens are never renewed. `clientID` is for a file without one.
    package init(
        source: TokenSource, oauth: PulsoidOAuth? = nil, clientID: String? = nil, backoff: Backoff = Backoff(),
        thread: EventThread = .shared, time: any TimeSource = KernelTime(), logger: Logger = Logger(label: "token"),
        advice: RenewalAdvice = RenewalAdvice()
    ) {
        self.source = source
        self.oauth = oauth
        self.clientID = clientID
        self.backoff = backoff
        self.thread = thread
        self.time = time
        self.logger = logger
        self.advice = advice
    }

    /// The token for a request. The file is read each time, so that a replaced file takes effect at once. A token that
    /// is about to expire is renewed first.
    package nonisolated func token() async throws(TokenUnavailable) -> AccessToken {
        let stored = try Self.read(source)
        return stored.refresh == nil ? stored.access : try await managed(refused: nil)
    }

    /// Another token for one that the service rejected: a renewed one, or a newer one in the file; nil if there is
    /// none.
    package nonisolated func token(insteadOf refused: AccessToken) async throws(TokenUnavailable) -> AccessToken? {
        let stored = try Self.read(source)
        let token = stored.refresh == nil ? stored.access : try await managed(refused: refused)
        return token == refused ? nil : token
    }

    private func managed(refused: AccessToken?) async throws(TokenUnavailable) -> AccessToken {
        await refreshing?.value
        trySaving()
        var decision = try decide(refused: refused)
        if case .refresh(let refresh) = decision {
            guard let clientID = try current().clientID ?? clientID, let oauth else {
                if refused != nil { throw .notAuthorised(reason: lacksClientID) }
                return try current().access
            }
            await startRefresh(refresh, clientID: clientID, at: oauth)
            decision = try decide(refused: refused)
        }
        switch decision {
        case .use(let token): return token
        case .later(let wait, let reason): throw .later(after: wait, reason: reason)
        case .ended(let reason): throw .notAuthorised(reason: reason)
        // The user has put a third pair into the file. It is as good as the rejected one until it is tried.
        case .refresh: return try current().access
        }
    }

    /// A cancelled caller must not cancel the refresh: its answer holds the only valid token. So the refresh is a task
    /// of its own on the web client's thread, and it is always awaited.
    private func startRefresh(_ refresh: AccessToken, clientID: String, at oauth: PulsoidOAuth) async {
        let task = Task(executorPreference: thread) {
            await self.renew(refresh, clientID: clientID, at: oauth)
        }
        refreshing = task
        await task.value
        if refreshing == task { refreshing = nil }
    }

    private func renew(_ refresh: AccessToken, clientID: String, at oauth: PulsoidOAuth) async {
        guard case .file(let path) = source else {
            return reject(refresh, "\(source) \(source.renewalBlocker ?? "cannot be changed").")
        }
        do throws(FileReplacement.Failure) {
            var file = try FileReplacement.begin(path, isSecret: true, reservedBytes: Self.reservedBytes)
            switch await oauth.grant(refreshing: refresh, clientID: clientID) {
            case .granted(let token):
                machine.succeeded(now: now)
                do {
                    try file.commit(token.fileText)
                    logger.info("the token was renewed", metadata: ["file": "\(path)"])
                } catch {
                    unsaved = PendingToken(token: token, spent: refresh, path: path, triedAt: now)
                    logger.error(
                        "the renewed token cannot be written and is kept in memory", metadata: ["error": "\(error)"])
                }
            case .rejected(let reason): reject(refresh, reason)
            case .denied, .expired: reject(refresh, "\(oauth.service) refused it.")
            case .unavailable(let told, let reason): fail(reason, told: told)
            case .pending, .slowDown: fail("\(oauth.service) asks to wait.", told: nil)
            }
        } catch {
            // Nothing is spent yet.
            fail("\(error)", told: nil)
        }
    }

    private func reject(_ refresh: AccessToken, _ reason: String) {
        machine.rejected(
            refresh,
            reason: "The token in \(source) has ended and cannot be renewed: \(reason) \(advice.login)")
        logger.warning("the token cannot be renewed", metadata: ["reason": "\(reason)"])
    }

    private func fail(_ reason: String, told: Duration?) {
        let wait = max(backoff.delay(afterFailures: machine.failuresInARow + 1), told ?? .zero, Self.shortestWait)
        machine.failed(
            reason: "The token in \(source) cannot be renewed at the moment: \(reason)", retryAfter: wait, now: now)
        logger.warning("the token cannot be renewed, trying again", metadata: ["reason": "\(reason)"])
    }

    private func decide(refused: AccessToken?) throws(TokenUnavailable) -> TokenRefresh.Decision {
        machine.decide(
            try current(), refused: refused, wallSeconds: time.now().wallMilliseconds / 1000, now: now)
    }

    /// What the file holds, or what it should hold.
    private func current() throws(TokenUnavailable) -> StoredToken {
        let stored = try Self.read(source)
        guard let unsaved else { return stored }
        return unsaved.replaces(stored) ? unsaved.token : stored
    }

    private func trySaving() {
        guard let waiting = unsaved else { return }
        guard let stored = try? source.stored(), waiting.replaces(stored) else { return unsaved = nil }
        guard now >= waiting.triedAt + Self.savingInterval else { return }
        unsaved?.triedAt = now
        do {
            try FileReplacement.replace(waiting.path, with: waiting.token.fileText, isSecret: true)
            unsaved = nil
            logger.notice("the renewed token is written", metadata: ["file": "\(waiting.path)"])
        } catch {
            logger.error("the renewed token still cannot be written", metadata: ["error": "\(error)"])
        }
    }

    private var lacksClientID: String {
        "The token in \(source) has expired, and cannot be renewed because no client id is known. \(advice.clientID)"
    }

    private var now: Duration { .milliseconds(time.now().bootMilliseconds) }

    private static func read(_ source: TokenSource) throws(TokenUnavailable) -> StoredToken {
        do {
            return try source.stored()
        } catch {
            throw .notAuthorised(reason: error.description)
        }
    }
}
