import CardiogramAPI
import FoundationEssentials
import HTTPTypes
import HubStore
import HummingbirdCore
import NIOCore
import PulsoidAPI
import Timing

extension HubResponder {
    /// How often the tasks of other requests get a turn before a body too many is refused.
    private static let bodyTurns = 64

    /// What is answered to a request that may be made.
    func answer(
        _ endpoint: Endpoint, target: RequestTarget, fields: HTTPFields, grant: Access.Grant, body: ByteBuffer
    ) async throws -> HubResponse {
        switch endpoint {
        case .writeHeartRate: return try await writeHeartRate(body, grant)
        case .latestHeartRate: return try await latestHeartRate(target, grant)
        case .validateToken: return validation(grant)
        case .beats: return try await writeBeats(body, grant)
        case .statistics: return try await statistics(target, grant)
        case .profile: return try await profile(grant)
        case .page(let file): return file.response
        case .rooms: return rooms(grant)
        case .readings: return try await readings(target, grant)
        case .realTime, .roomRealTime:
            // Not a WebSocket, or one that `StreamGate` does not judge.
            _ = try Subscription(endpoint, grant: grant, target: target)
            throw WebSocketHandshake.failure(fields)
                ?? Failure(
                    .upgradeRequired, "a WebSocket begins with a GET request without a body",
                    fields: [.upgrade: "websocket"])
        }
    }

    private func writeHeartRate(_ body: ByteBuffer, _ grant: Access.Grant) async throws -> HubResponse {
        guard JSONBounds.measurements.allow(body.readableBytesView),
            let message = try? JSONDecoder().decode(HeartRateMessage.self, from: Data(body.readableBytesView))
        else {
            throw Failure(
                .badRequest, #"the body must be JSON like {"measured_at": 1709312400000, "data": {"heart_rate": 75}}"#)
        }
        if let refusal = measuredAtRule.refusal(of: message.measuredAtMilliseconds) {
            throw Failure(.badRequest, refusal)
        }
        guard message.heartRate <= limits.heartRate else {
            throw Failure(.badRequest, "heart_rate must be at most \(limits.heartRate)")
        }
        // "Heart rate values of 0 or below are silently ignored and will not be stored."
        if message.heartRate > 0 {
            try rows.admit(1, ofUser: grant.user.id)
            try await store.append(
                StoredReading(
                    userID: grant.user.id, measuredAtMilliseconds: message.measuredAtMilliseconds,
                    heartRate: message.heartRate))
        }
        return .empty
    }

    private var measuredAtRule: MeasuredAtRule {
        MeasuredAtRule(
            limits: limits, now: store.time.now().wallMilliseconds, isClockTrusted: store.time.isWallClockTrusted())
    }

    private func latestHeartRate(_ target: RequestTarget, _ grant: Access.Grant) async throws -> HubResponse {
        let mode = try target.responseMode(among: [.json, .textPlainOnlyHeartRate])
        guard let latest = try await store.latestReading(ofUser: grant.user.id) else {
            throw Failure(.preconditionFailed, "the user has no heart rate data")
        }
        return .text(
            latest.text(mode),
            contentType: mode == .json ? HubResponse.jsonContentType : "text/plain; charset=UTF-8")
    }

    private func validation(_ grant: Access.Grant) -> HubResponse {
        let now = store.time.now().wallMilliseconds
        let expiresInSeconds = grant.token.expiresAtMilliseconds.map { max(0, $0 - now) / 1000 }
        return .json(
            TokenValidation(
                clientID: grant.token.clientID ?? Client.builtInID,
                expiresInSeconds: expiresInSeconds ?? Self.neverSeconds,
                profileID: grant.user.profileID, scopes: grant.token.scopes))
    }

    private func writeBeats(_ body: ByteBuffer, _ grant: Access.Grant) async throws -> HubResponse {
        guard JSONBounds.measurements.allow(body.readableBytesView),
            let request = try? JSONDecoder().decode(BeatsRequest.self, from: Data(body.readableBytesView))
        else { throw Failure(.malformedInput) }
        if let refusal = request.refusal { throw Failure(refusal) }
        guard request.beats.allSatisfy({ $0.start <= $0.end }) else { throw Failure(.malformedInput) }
        let rule = measuredAtRule
        if let refusal = request.beats.lazy.compactMap(rule.refusal(of:)).first { throw Failure(.badRequest, refusal) }
        // As with Pulsoid's writes: no heart rate, nothing to keep.
        let beats = request.beats.filter { $0.value > 0 }
        if !beats.isEmpty {
            try rows.admit(beats.count, ofUser: grant.user.id)
            try await store.append(beats, ofUser: grant.user.id)
        }
        return .json(Answer.saved)
    }

    /// Reads the body of a write. Nothing is read of one that announces more than is taken, or of one too many of its
    /// token, and a client that waits for leave to send it (`Expect: 100-continue`, as curl does) is told to go on.
    func body(
        of request: Request, endpoint: Endpoint, grant: Access.Grant, writer: borrowing ResponseWriter
    ) async throws -> ByteBuffer {
        guard endpoint.method == .post else { return ByteBuffer() }
        let limit = if case .beats = endpoint { limits.beatsBodyBytes } else { limits.readingBodyBytes }
        let place = try await bodyPlace(grant)
        defer { place.leave() }
        return try await self.body(of: request, upTo: limit, writer: writer)
    }

    /// A place among the bodies of a token that are on their way.
    private func bodyPlace(_ grant: Access.Grant) async throws(Failure) -> Places<TokenHash>.Place {
        // A body that has arrived is read as soon as its task has a turn. Only those that do not arrive keep their
        // places.
        for _ in 0..<Self.bodyTurns {
            if let place = bodies.take(grant.token.hash) { return place }
            await Task.yield()
        }
        throw Failure(
            .tooManyRequests, "at most \(limits.bodiesPerToken) bodies at once with one token",
            fields: [.retryAfter: "1"]
        )
    }

    func body(
        of request: Request, upTo limit: Int, writer: borrowing ResponseWriter
    ) async throws -> ByteBuffer {
        let tooLarge = Failure(.contentTooLarge, "the body has at most \(limit) bytes")
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { throw tooLarge }
        if request.headers.hasToken("100-continue", in: .expect) {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}
