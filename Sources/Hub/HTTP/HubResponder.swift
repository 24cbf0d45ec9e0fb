import CardiogramAPI
import FoundationEssentials
import HTTPTypes
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
    let statisticsUnderWay: StatisticsCount
    let metrics: HubMetrics
    let pacing: RequestPacing
    let trustedProxies: TrustedProxies

    init(
        store: HubStore, limits: HubLimits, logger: Logger, metrics: HubMetrics = HubMetrics(),
        trustedProxies: TrustedProxies = .none
    ) {
        self.trustedProxies = trustedProxies
        self.store = store
        self.limits = limits
        self.logger = logger
        self.metrics = metrics
        devices = DeviceDesk(time: store.time, limits: limits)
        codes = CodeDesk(time: store.time, limits: limits)
        statisticsUnderWay = StatisticsCount()
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
            guard let target else { throw Failure(.badRequest, "malformed request target") }
            try checkEncoding(request.headers)
            if let open {
                response = try await answer(open, request, target: target, context: context, writer: writer)
            } else if let admin {
                response = try await answer(admin, request, target: target, writer: writer)
            } else if let endpoint, request.method == .options {
                response = .preflight(allowing: endpoint.allowedMethods)
            } else if let endpoint, case .page(let file) = endpoint {
                // Anybody may have the page; what it shows is asked for with a token.
                try checkMethod(request.method, endpoint)
                response = file.response
            } else {
                guard let endpoint else { throw Failure(.notFound, "there is nothing at this path") }
                try checkMethod(request.method, endpoint)
                let grant = try await grant(endpoint, fields: request.headers, target: target)
                try await pacing.admit(grant.token.hash, to: endpoint.api)
                let body = try await body(of: request, endpoint: endpoint, writer: writer)
                response = try await answer(
                    endpoint, target: target, fields: request.headers, grant: grant, body: body)
            }
        } catch let failure as Failure {
            response = failure.response(inWordsOfCardiogram: target?.segments.first == "heart")
        } catch let error as HubStoreError where error.isOfTheRequest {
            response = Failure(error).response(inWordsOfCardiogram: false)
        } catch let error as HubStoreError {
            logger.error("the database failed", metadata: ["error": "\(error)", "subject": "database"])
            response = Failure(error).response(inWordsOfCardiogram: target?.segments.first == "heart")
        }
        let route = open?.route ?? admin?.route ?? endpoint?.route ?? Route.other
        metrics.count { $0.answered(route, status: response.status.code) }
        logger.debug(
            "answered",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(response.status.code)",
            ])
        try await response.write(to: writer, isBodyOmitted: request.method == .head)
    }

    /// The grant for an endpoint. Before a refusal the directory is read again if the administration has written: what was
    /// issued or added a moment ago counts at once.
    func grant(_ endpoint: Endpoint, fields: HTTPFields, target: RequestTarget) async throws -> Access.Grant {
        let accessToken = try Credentials.accessToken(fields: fields, target: target)
        let now = store.time.now().wallMilliseconds
        do {
            return try Access(directory: store.directory, now: now).grant(endpoint, accessToken: accessToken)
        } catch {
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

    private func checkMethod(_ method: HTTPRequest.Method, _ endpoint: Endpoint) throws(Failure) {
        if method == endpoint.method || (method == .head && endpoint.method == .get) { return }
        throw Failure(
            .methodNotAllowed, "use \(endpoint.method.rawValue)", fields: [.allow: endpoint.allowedMethods])
    }
}
