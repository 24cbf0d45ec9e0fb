import HTTPTypes
import HubStore
import HummingbirdCore
import Logging
import NIOCore
import PulsoidAPI
import TextFormats
import Timing

/// Answers requests: finds the call in ``CallTable``, admits the request, calls the handler, and counts the answer.
///
/// A class, because every request of every connection refers to it.
final class HubResponder: Sendable {
    /// How often the tasks of other requests run before the hub refuses a body too many.
    private static let bodyTurns = 64

    let limits: HubLimits
    let logger: Logger
    let metrics: HubMetrics
    let trustedProxies: TrustedProxies
    let securityLog: SecurityLog
    let streams: StreamPlaces
    let pacing: RequestRateLimiter
    let measurements: MeasurementCalls
    let history: HistoryCalls
    let sessions: SessionCalls
    let tokens: TokenCalls
    let consent: ConsentCalls
    let monitoring: MonitoringCalls
    private let administration: AdministrationCalls
    private let store: HubStore
    private let addresses: AddressRateLimiter
    let tokenUses = TokenUses()
    /// Bodies that have not arrived completely, by token.
    private let bodies: Places<TokenHash>

    /// For `publicAddress` see ``HubServer/publicAddress``.
    init(
        store: HubStore, limits: HubLimits, logger: Logger, metrics: HubMetrics = HubMetrics(),
        trustedProxies: TrustedProxies = .none, publicAddress: String? = nil
    ) {
        self.store = store
        self.limits = limits
        self.logger = logger
        self.metrics = metrics
        self.trustedProxies = trustedProxies
        securityLog = SecurityLog(logger: logger, time: store.time)
        streams = StreamPlaces(limits: limits)
        pacing = RequestRateLimiter(requestsPerSecond: limits.requestsPerSecond, time: store.time)
        addresses = AddressRateLimiter(limits: limits, time: store.time)
        bodies = Places(limit: limits.bodiesPerToken)
        let devices = DeviceCodeStore(store.database, limits: limits)
        let codes = AuthorizationCodeStore(store.database, limits: limits)
        measurements = MeasurementCalls(store: store, limits: limits)
        let queue = HistoryQueue(limits: limits)
        history = HistoryCalls(store: store, limits: limits, queue: queue)
        sessions = SessionCalls(store: store, limits: limits, queue: queue)
        tokens = TokenCalls(
            store: store, limits: limits, devices: devices, codes: codes, securityLog: securityLog,
            publicAddress: publicAddress)
        consent = ConsentCalls(
            store: store, limits: limits, devices: devices, codes: codes, securityLog: securityLog)
        monitoring = MonitoringCalls(store: store, metrics: metrics)
        administration = AdministrationCalls(store: store)
    }

    func respond(to request: Request, writer: consuming ResponseWriter, context: RequestContext) async throws {
        let target = RequestTarget(request.head.path ?? "")
        let match = target.flatMap { CallTable.router.match($0.segments) }
        let response: HubResponse
        do {
            if context.isOverloaded {
                throw HubHTTPError(.serviceUnavailable, "too many connections", fields: [.retryAfter: "5"])
            }
            response = try await answer(request, target, match, context, writer)
        } catch {
            response = try self.response(to: error, isCardiogram: target?.segments.first == "heart")
        }
        metrics.count { $0.answered(match?.path.route ?? HubCounts.otherRoute, status: response.status.code) }
        logger.debug(
            "answered",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(response.status.code)",
            ])
        let isSecure = request.head.scheme == "https"
        let hasToken = target?.query(PulsoidPath.Query.accessToken) != nil
        try await response.protected(isSecure: isSecure, hasTokenInAddress: hasToken)
            .write(to: writer, isBodyOmitted: request.method == .head)
    }

    /// Any other error ends the connection.
    private func response(to error: any Error, isCardiogram: Bool) throws -> HubResponse {
        switch error {
        case let error as HubHTTPError: return error.response(inWordsOfCardiogram: isCardiogram)
        case let error as HubStoreError where error.isOfTheRequest:
            return HubHTTPError(error).response(inWordsOfCardiogram: false)
        case let error as RandomnessError:
            logger.error("nothing was issued", metadata: ["error": "\(error)"])
            return HubHTTPError(ErrorCode.unexpectedServerError).response(inWordsOfCardiogram: false)
        case let error as HubStoreError:
            let event = error.code == .noRandomness ? "nothing was issued" : "the database failed"
            logger.error("\(event)", metadata: ["error": "\(error)", "subject": "database"])
            return HubHTTPError(error).response(inWordsOfCardiogram: isCardiogram)
        default: throw error
        }
    }

    private func answer(
        _ request: Request, _ target: RequestTarget?, _ match: CallRouter.Match?, _ context: RequestContext,
        _ writer: borrowing ResponseWriter
    ) async throws -> HubResponse {
        let network = context.client.network
        guard let target else {
            try addresses.admit(.page, from: network)
            throw HubHTTPError(.badRequest, "malformed request target")
        }
        do {
            try checkEncoding(request.headers)
        } catch {
            try addresses.admit(.page, from: network)
            throw error
        }
        guard let match else {
            try addresses.admit(.page, from: network)
            if target.segments == ["overlay", ""] { return .namelessOverlay }
            throw HubHTTPError(.notFound, "there is nothing at this path")
        }
        guard request.method != .options, let call = match.path.call(request.method) else {
            try addresses.admit(match.path.strangerLimit, from: network)
            if request.method == .options { return .preflight(allowing: match.path.allowedMethods) }
            throw HubHTTPError(
                .methodNotAllowed, "use \(match.path.methodNames)", fields: [.allow: match.path.allowedMethods])
        }
        switch call.handling {
        case .open(let limit, let handler):
            try addresses.admit(limit, from: network)
            do {
                let open = OpenRequest(request: request, target: target, context: context, route: call.route)
                return try await handler(self, open, writer)
            } catch let refusal as OAuthRefusal {
                return refusal.response
            }
        case .metrics:
            // The token first: strangers behind the same address must not slow the administration down.
            try await requireAdministrator(request.headers, context.origin(route: call.route))
            return monitoring.metricsPage(openConnections: context.openConnections)
        case .administration(let handler):
            return try await administer(request, target, match, handler, context, writer)
        case .user(let access, let bodyBytes, let handler):
            let grant = try await grant(access, request, target, match, context)
            try pacing.admit(grant.token.hash, to: access.api)
            context.place?.showed(grant.token.hash)
            var body = ByteBuffer()
            if let bodyBytes {
                let place = if let place = bodies.take(grant.token.hash) { place } else { try await bodyPlace(grant) }
                defer { place.leave() }
                body = try await request.collectBody(upTo: bodyBytes(limits), writer: writer)
            }
            return try await handler(self, UserRequest(target: target, grant: grant, body: body))
        case .stream(let access, let kind):
            let grant = try await grant(access, request, target, match, context)
            throw try await streamRefusal(kind, request, target, match, grant, context)
        }
    }

    // MARK: Users' calls

    /// Admits a request of a user's call. A refused token is logged.
    private func grant(
        _ access: UserAccess, _ request: Request, _ target: RequestTarget, _ match: CallRouter.Match,
        _ context: RequestContext
    ) async throws -> AccessGrant {
        do {
            return try await grant(
                access, parameters: match.parameters, fields: request.headers, target: target,
                client: context.client)
        } catch let error as HubHTTPError {
            if let token = try? Credentials.accessToken(fields: request.headers, target: target) {
                logRefusal(error, of: .accessToken, token, context.origin(route: match.path.route))
            }
            throw error
        }
    }

    /// Admits a user's token. Before a refusal the directory is brought up to date: new tokens and members count at
    /// once.
    ///
    /// - Throws: 401 or 403; 429 after too many refused requests of the client's address.
    func grant(
        _ access: UserAccess, parameters: [String], fields: HTTPFields, target: RequestTarget, client: PeerAddress
    ) async throws -> AccessGrant {
        try store.database.requireContact()
        let now = store.time.now().wallMilliseconds
        do {
            let accessToken = try Credentials.accessToken(fields: fields, target: target)
            let grant = try access.grant(accessToken, parameters: parameters, in: store.database.directory, now: now)
            tokenUses.note(grant.token.hash, at: now)
            return grant
        } catch {
            try addresses.admit(.refused, from: client.network)
            let accessToken = try Credentials.accessToken(fields: fields, target: target)
            try await store.database.refreshDirectory()
            let grant = try access.grant(accessToken, parameters: parameters, in: store.database.directory, now: now)
            tokenUses.note(grant.token.hash, at: now)
            return grant
        }
    }

    /// A place among the bodies of a token that have not arrived completely.
    private func bodyPlace(_ grant: AccessGrant) async throws(HubHTTPError) -> Places<TokenHash>.Place {
        // A body that has arrived is read as soon as its task runs. Only missing bodies keep their places.
        for _ in 0..<Self.bodyTurns {
            if let place = bodies.take(grant.token.hash) { return place }
            await Task.yield()
        }
        throw HubHTTPError(
            .tooManyRequests, "at most \(limits.bodiesPerToken) bodies at once with one token",
            fields: [.retryAfter: "1"])
    }

    /// Why a request with a good token did not become a stream.
    private func streamRefusal(
        _ kind: StreamKind, _ request: Request, _ target: RequestTarget, _ match: CallRouter.Match,
        _ grant: AccessGrant, _ context: RequestContext
    ) async throws -> HubHTTPError {
        if StreamAuthorizer.decides(request.method, request.headers) {
            _ = try StreamSubscription.Stream(kind, parameters: match.parameters, target: target)
            return streams.refusal(grant) ?? pacing.refusal(afterSeconds: 1)
        }
        try pacing.admit(grant.token.hash)
        context.place?.showed(grant.token.hash)
        _ = try StreamSubscription.Stream(kind, parameters: match.parameters, target: target)
        return WebSocketHandshake.failure(request.headers)
            ?? HubHTTPError(
                .upgradeRequired, "a WebSocket begins with a GET request without a body",
                fields: [.upgrade: "websocket"])
    }

    // MARK: Administration

    private func administer(
        _ request: Request, _ target: RequestTarget, _ match: CallRouter.Match,
        _ handler: HubCall.AdministrationHandler, _ context: RequestContext, _ writer: borrowing ResponseWriter
    ) async throws -> HubResponse {
        let origin = context.origin(route: match.path.route)
        try store.database.requireContact()
        try await requireAdministrator(request.headers, origin)
        try addresses.admit(.administration, from: context.client.network)
        let accessToken = try Credentials.accessToken(fields: request.headers, target: nil)
        var administrator: AdminToken?
        var body = ByteBuffer()
        if request.method != .get, request.method != .head {
            administrator = try await store.accounts.adminToken(TokenHash(of: accessToken))
            if request.method != .delete {
                body = try await request.collectBody(upTo: limits.adminBodyBytes, writer: writer)
            }
        }
        let answer = try await handler(
            administration,
            AdministrationRequest(
                target: target, parameters: match.parameters, body: body, administrator: administrator))
        if let change = answer.change { securityLog.changed(change, by: administrator, origin) }
        context.place?.showed(TokenHash(of: accessToken))
        var response = answer.response
        // It may hold secrets.
        response.fields[.cacheControl] = "no-store"
        return response
    }

    /// Admits a token of the administration, from a header only: addresses end up in logs.
    ///
    /// - Throws: 401 without a token or with one that is unknown or expired; 403 with a user's; 429 after too many
    ///   refused requests of the client's address.
    private func requireAdministrator(_ fields: HTTPFields, _ origin: SecurityOrigin) async throws {
        let now = store.time.now().wallMilliseconds
        do {
            let accessToken = try Credentials.accessToken(fields: fields, target: nil)
            try store.database.directory.requireAdministrator(accessToken, now: now)
        } catch {
            try addresses.admit(.refused, from: origin.client.network)
            let accessToken = try Credentials.accessToken(fields: fields, target: nil)
            // As in `grant`: a new token counts at once.
            try await store.database.refreshDirectory()
            do {
                try store.database.directory.requireAdministrator(accessToken, now: now)
            } catch {
                logRefusal(error, of: .adminToken, accessToken, origin)
                throw error
            }
        }
    }

    // MARK: Checks

    /// Logs a refused token. A good token that lacks a scope, or is for another room, is not logged.
    private func logRefusal(
        _ error: HubHTTPError, of kind: RefusedSecret.Kind, _ accessToken: String, _ origin: SecurityOrigin
    ) {
        let reason: RefusedSecret.Reason
        switch error.code {
        case String(ErrorCode.tokenNotFound.rawValue): reason = .unknown
        case String(ErrorCode.tokenExpired.rawValue): reason = .expired
        default:
            guard kind == .adminToken, error.status == .forbidden else { return }
            reason = .notAdmin
        }
        let hash = TokenHash(of: accessToken)
        let isKnown = store.database.directory.tokens[hash] != nil
        securityLog.refused(RefusedSecret(kind: kind, reason: reason, tokenID: isKnown ? hash.tokenID : nil), origin)
    }

    /// RFC 9110, 15.5.16: the answer names the accepted encoding.
    private func checkEncoding(_ fields: HTTPFields) throws(HubHTTPError) {
        guard let encoding = fields[.contentEncoding], !encoding.isEmpty, encoding.lowercased() != "identity" else {
            return
        }
        throw HubHTTPError(
            .unsupportedMediaType,
            "the body is compressed (Content-Encoding: \(encoding.printable(scalars: 32))): send it as it is",
            fields: [.acceptEncoding: "identity"])
    }
}
