import FoundationEssentials
import Logging
package import PulsoidAPI
import TextFormats
import Tokens
import WebClient
import WebSocketClient

extension PulsoidClient {
    /// Follows the user's readings while `body` runs (docs.pulsoid.net, "Read Heart Rate via WebSocket").
    ///
    /// The stream comes back by itself, without end; see ``WebSocketClient/WebSocketStream``. Only when the token is
    /// not taken it ends, by throwing ``PulsoidError``. A message that cannot be understood is skipped with a warning.
    ///
    /// ```swift
    /// try await client.withRealTime { events in
    ///     for try await case .message(let reading) in events { print(reading.heartRate) }
    /// }
    /// ```
    package func withRealTime<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (PulsoidEvents<HeartRateMessage>) async throws -> Result
    ) async throws -> Result {
        try await withStream(PulsoidPath.realTime, body) { refusal, validation in
            refusal.notAuthorisedMessage(needing: .heartRateRead, validation)
        }
    }

    /// Follows what happens in a room while `body` runs (docs.pulsoid.net, "Read Room Data via WebSocket"). Comes back
    /// and ends as ``withRealTime(isolation:_:)`` does.
    package func withRoom<Result>(
        _ roomID: String, kinds: Set<RoomMessageKind> = RoomMessageKind.defaults,
        isolation: isolated (any Actor)? = #isolation, _ body: (PulsoidEvents<RoomMessage>) async throws -> Result
    ) async throws -> Result {
        let path = PulsoidPath.roomRealTime(roomID: ServiceAddress.percentEncoded(roomID))
        let query = "?\(PulsoidPath.Query.kinds)=\(RoomMessageKind.query(for: kinds))"
        return try await withStream(path + query, body) { refusal, validation in
            refusal.notAuthorisedMessage(forRoom: roomID, validation)
        }
    }

    private func withStream<Message: Decodable & Sendable, Result>(
        isolation: isolated (any Actor)? = #isolation, _ path: String,
        _ body: (PulsoidEvents<Message>) async throws -> Result,
        explain: (PulsoidResponse, TokenValidation?) -> String
    ) async throws -> Result {
        let stream = WebSocketStream(limits: limits, backoff: backoff, clock: clock) {
            try request(to: path)
        }
        do {
            return try await stream.withEvents { events in try await body(events.compactMap(understand)) }
        } catch let error as WebSocketError where error.isFinal {
            let response = WebResponse(status: error.status ?? 0, body: error.body)
            let answer = PulsoidResponse(response, from: service, token: try? token.read(), kept: token)
            // The refusal of a stream seldom names the scope that the token lacks; this does.
            let validation = try? await validateToken()
            throw PulsoidError(code: .notAuthorised, description: explain(answer, validation))
        }
    }

    private func request(to path: String) throws(PulsoidError) -> WebSocketRequest {
        do {
            return WebSocketRequest(
                host: service.host, port: service.port, isSecure: service.isSecure, target: service.prefix + path,
                headers: [("Authorization", try token.read().bearer)], certificates: certificates?.pem ?? [])
        } catch {
            throw PulsoidError(code: .notAuthorised, description: error.description)
        }
    }

    private func understand<Message: Decodable>(_ event: WebSocketEvent) -> PulsoidEvent<Message>? {
        switch event {
        case .connected: return .connected
        case .disconnected(let error, let wait): return .disconnected(reason: error.description, retryIn: wait)
        case .message(let text):
            do {
                return .message(try JSONDecoder().decode(Message.self, from: Data(text.utf8)))
            } catch {
                logger.warning(
                    "skipped a message that cannot be understood",
                    metadata: ["message": "\(text.printable())", "error": "\(error)"])
                return nil
            }
        }
    }
}
