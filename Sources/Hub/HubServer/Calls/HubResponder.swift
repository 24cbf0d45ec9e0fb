import CardiogramAPI
import FoundationEssentials
import HTTPTypes
import HubStore
import HummingbirdCore
import Logging
import NIOCore
import PulsoidAPI
import TextFormats
import Timing

/// Answers requests: from the head and the body to a response, whatever carries them.
struct HubResponder: Sendable {
    /// What validation tells of a token that never expires: a number of seconds is expected, and this one fits 32 bits.
    static let neverSeconds = Int64(Int32.max)

    let store: HubStore
    let limits: HubLimits
    let logger: Logger
    /// Where devices wait to be allowed.
    let devices: DeviceDesk
    /// Where codes wait to be exchanged.
    let codes: CodeDesk
    let histories: HistoryTurns
    let streams: StreamPlaces
    /// Bodies that are on their way, by token.
    let bodies: Places<TokenHash>
    let rows: RowPacing
    let addresses: AddressPacing
    let healthCheck = SharedCheck()
    let metrics: HubMetrics
    let pacing: RequestPacing
    let trustedProxies: TrustedProxies
    /// See ``HubServer/publicAddress``.
    var publicAddress: String?
    let securityLog: SecurityLog

    init(
        store: HubStore, limits: HubLimits, logger: Logger, metrics: HubMetrics = HubMetrics(),
        trustedProxies: TrustedProxies = .none
    ) {
        self.trustedProxies = trustedProxies
        self.store = store
        self.limits = limits
        self.logger = logger
        self.metrics = metrics
        securityLog = SecurityLog(logger: logger, time: store.time)
        devices = DeviceDesk(time: store.time, limits: limits)
        codes = CodeDesk(time: store.time, limits: limits)
        histories = HistoryTurns(limits: limits)
        streams = StreamPlaces(limits: limits)
        bodies = Places(limit: limits.bodiesPerToken)
        rows = RowPacing(rowsPerDay: limits.rowsPerUserAndDay, time: store.time)
        addresses = AddressPacing(limits: limits, time: store.time)
        pacing = RequestPacing(requestsPerSecond: limits.requestsPerSecond, time: store.time)
    }

    func respond(to request: Request, writer: consuming ResponseWriter, context: RequestContext) async throws {
        let target = RequestTarget(request.head.path ?? "")
        let endpoint = target.flatMap { Endpoint($0.segments) }
        let admin = target.flatMap { AdminEndpoint($0.segments) }
        let open = target.flatMap { OpenEndpoint(path: "/" + $0.segments.joined(separator: "/")) }
        let response: HubResponse
        do {
            if context.isOverloaded {
                throw Failure(.serviceUnavailable, "too many connections", fields: [.retryAfter: "5"])
            }
            response = try await answer(
                Destination(target: target, endpoint: endpoint, admin: admin, open: open), request, writer, context)
        } catch let failure as Failure {
            response = failure.response(inWordsOfCardiogram: target?.segments.first == "heart")
        } catch let error as HubStoreError where error.isOfTheRequest {
            response = Failure(error).response(inWordsOfCardiogram: false)
        } catch let error as RandomnessError {
            logger.error("nothing was issued", metadata: ["error": "\(error)"])
            response = Failure(ErrorCode.unexpectedServerError).response(inWordsOfCardiogram: false)
        } catch let error as HubStoreError {
            let event = error.code == .noRandomness ? "nothing was issued" : "the database failed"
            logger.error("\(event)", metadata: ["error": "\(error)", "subject": "database"])
            response = Failure(error).response(inWordsOfCardiogram: target?.segments.first == "heart")
        }
        let route = open?.route ?? admin?.route ?? endpoint?.route ?? Route.other
        metrics.count { $0.answered(route, status: response.status.code) }
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

    /// Where a request leads.
    private struct Destination {
        /// Nil when it is malformed.
        let target: RequestTarget?
        let endpoint: Endpoint?
        let admin: AdminEndpoint?
        let open: OpenEndpoint?
    }

    private func answer(
        _ destination: Destination, _ request: Request, _ writer: borrowing ResponseWriter, _ context: RequestContext
    ) async throws -> HubResponse {
        let client = context.client.network
        guard let target = destination.target else {
            try addresses.admit(.page, from: client)
            throw Failure(.badRequest, "malformed request target")
        }
        do {
            try checkEncoding(request.headers)
        } catch {
            try addresses.admit(.page, from: client)
            throw error
        }
        if let open = destination.open {
            // `/metrics` looks at the token first: strangers behind the same address must not slow the administration down.
            let judgesTokenFirst = open == .metrics && [.get, .head].contains(request.method)
            if !judgesTokenFirst { try addresses.admit(open.pacing, from: client) }
            return try await answer(open, request, target: target, context: context, writer: writer)
        }
        if let admin = destination.admin {
            let response = try await answer(admin, request, target: target, context: context, writer: writer)
            // A preflight is answered without a look at the token.
            if request.method != .options,
                let token = try? Credentials.accessToken(fields: request.headers, target: nil)
            {
                context.place?.showed(TokenHash(of: token))
            }
            return response
        }
        guard let endpoint = destination.endpoint, request.method != .options, isMethod(request.method, of: endpoint),
            endpoint.page == nil
        else {
            try addresses.admit(.page, from: client)
            guard let endpoint = destination.endpoint else { throw Failure(.notFound, "there is nothing at this path") }
            if request.method == .options { return .preflight(allowing: endpoint.allowedMethods) }
            // Anybody may have the page; what it shows is asked for with a token.
            if let page = endpoint.page, isMethod(request.method, of: endpoint) { return page.response }
            throw Failure(
                .methodNotAllowed, "use \(endpoint.method.rawValue)", fields: [.allow: endpoint.allowedMethods])
        }
        let grant = try await notingRefusal(endpoint, request, target, context) {
            try await self.grant(endpoint, fields: request.headers, target: target, client: context.client)
        }
        if StreamGate.decides(request.method, endpoint, request.headers) {
            throw try streamRefusal(endpoint, target: target, grant: grant)
        }
        try await pacing.admit(grant.token.hash, to: endpoint.api)
        context.place?.showed(grant.token.hash)
        let body = try await body(of: request, endpoint: endpoint, grant: grant, writer: writer)
        return try await answer(endpoint, target: target, fields: request.headers, grant: grant, body: body)
    }

    /// Why ``StreamGate`` has not opened a stream that the token is good for.
    private func streamRefusal(
        _ endpoint: Endpoint, target: RequestTarget, grant: Access.Grant
    ) throws(Failure) -> Failure {
        _ = try Subscription(endpoint, grant: grant, target: target)
        return streams.refusal(grant) ?? pacing.refusal(afterSeconds: 1)
    }

    /// The grant for an endpoint. Before a refusal the directory is brought up to date if the administration has
    /// written: what was issued or added a moment ago counts at once.
    ///
    /// - Throws: 401 or 403; 429 when too many requests from the client's address were refused.
    func grant(
        _ endpoint: Endpoint, fields: HTTPFields, target: RequestTarget, client: PeerAddress
    ) async throws -> Access.Grant {
        let now = store.time.now().wallMilliseconds
        do {
            let accessToken = try Credentials.accessToken(fields: fields, target: target)
            return try Access(directory: store.directory, now: now).grant(endpoint, accessToken: accessToken)
        } catch {
            try addresses.admit(.refused, from: client.network)
            let accessToken = try Credentials.accessToken(fields: fields, target: target)
            try await store.refreshDirectory()
            return try Access(directory: store.directory, now: now).grant(endpoint, accessToken: accessToken)
        }
    }

    /// RFC 9110, 15.5.16: the answer says what would be taken.
    private func checkEncoding(_ fields: HTTPFields) throws(Failure) {
        guard let encoding = fields[.contentEncoding], !encoding.isEmpty, encoding.lowercased() != "identity" else {
            return
        }
        throw Failure(
            .unsupportedMediaType,
            "the body is compressed (Content-Encoding: \(encoding.printable(scalars: 32))): send it as it is",
            fields: [.acceptEncoding: "identity"])
    }

    private func isMethod(_ method: HTTPRequest.Method, of endpoint: Endpoint) -> Bool {
        method == endpoint.method || (method == .head && endpoint.method == .get)
    }
}
