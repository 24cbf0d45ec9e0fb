import FoundationEssentials
import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit

extension TestHub {
    /// Sends a form.
    func submit(_ path: String, _ fields: [String: String], headers: HTTPHeaders = [:]) async throws -> Answer {
        func encoded(_ text: String) -> String {
            text.utf8.map { byte in
                let character = Character(UnicodeScalar(byte))
                let isPlain = character.isASCII && (character.isLetter || character.isNumber)
                return isPlain ? String(character) : "%" + String(Int(byte) + 256, radix: 16).suffix(2)
            }.joined()
        }
        let body = fields.map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
        return try await send(
            .POST, path, headers: ["Content-Type": "application/x-www-form-urlencoded"] + headers, body: body)
    }

    func beginDevice(
        clientID: String = "strapline-hub", scope: String = "data:heart_rate:read"
    ) async throws -> DeviceAuthorization {
        let answer = try await submit(PulsoidPath.deviceAuthorization, ["client_id": clientID, "scope": scope])
        return try JSONDecoder().decode(DeviceAuthorization.self, from: Data(answer.body.utf8))
    }

    func askForToken(
        _ device: DeviceAuthorization, clientID: String = "strapline-hub", _ more: [String: String] = [:]
    ) async throws -> Answer {
        let form = [
            "grant_type": GrantType.deviceCode.rawValue, "device_code": device.deviceCode, "client_id": clientID,
        ]
        return try await submit(PulsoidPath.token, form.merging(more) { $1 })
    }

    /// Registers the client `app`, to which people come back with a code, and returns its secret.
    func addCodeClient(redirectURIs: [String] = ["https://app.example/back"]) async throws -> String {
        try await store.oauth.addClient(named: "App", id: "app", isConfidential: true, redirectURIs: redirectURIs)
            .secret
            ?? ""
    }

    /// Allows the client `app` on the authorization page, and returns the code that it gets.
    func allowCode(token: String, _ more: [String: String] = [:]) async throws -> String {
        let form = ["response_type": "code", "client_id": "app", "decision": "allow", "access_token": token]
        let body = form.merging(more) { $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
        return try await RawConnection.open(port: port) { connection in
            try await connection.send(
                "POST /auth HTTP/1.1\r\nHost: hub\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let location = try await connection.readAnswer().headers["location"]
            return String(location?.split(separator: "code=").last?.prefix { $0 != "&" } ?? "")
        }
    }

    /// The client `app` exchanges a code.
    func exchange(_ code: String, secret: String, _ more: [String: String] = [:]) async throws -> Answer {
        let form = [
            "grant_type": "authorization_code", "code": code, "client_id": "app", "client_secret": secret,
        ]
        return try await submit(PulsoidPath.token, form.merging(more) { $1 })
    }

    func refresh(_ token: String, _ more: [String: String] = [:]) async throws -> Answer {
        let form = ["grant_type": "refresh_token", "refresh_token": token, "client_id": "strapline-hub"]
        return try await submit(PulsoidPath.token, form.merging(more) { $1 })
    }

    func decide(_ device: DeviceAuthorization, _ decision: String = "allow", token: String = "") async throws -> Answer
    {
        try await submit(
            PulsoidPath.deviceConsent, ["user_code": device.userCode, "access_token": token, "decision": decision])
    }

    /// Whether a token is good.
    func isGood(_ token: String) async throws -> Bool {
        try await send(.GET, PulsoidPath.validateToken, token: token).status == 200
    }

    /// As ``refresh(_:_:)``, a minute later: one is possible each minute.
    func refreshLater(_ token: String) async throws -> Answer {
        time.advance(milliseconds: 60_000)
        return try await refresh(token)
    }

    /// The whole way to tokens: a device begins, `token`'s owner allows it, the device asks.
    func pair(
        allowedBy token: String, clientID: String = "strapline-hub", scope: String = "data:heart_rate:read",
        _ more: [String: String] = [:]
    ) async throws -> TokenPair {
        let device = try await beginDevice(clientID: clientID, scope: scope)
        _ = try await decide(device, token: token)
        return try await askForToken(device, clientID: clientID, more).decoded()
    }
}

extension TestHub.Answer {
    func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.utf8))
    }

    /// `error` of a refusal of OAuth.
    var oauthError: String? { try? decoded(OAuthErrorBody.self).error }
}

func + (left: HTTPHeaders, right: HTTPHeaders) -> HTTPHeaders {
    var headers = left
    headers.add(contentsOf: right)
    return headers
}
