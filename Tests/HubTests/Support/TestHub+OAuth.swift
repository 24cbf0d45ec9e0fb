import FoundationEssentials
import Hub
import NIOHTTP1
import PulsoidAPI

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
        try await store.addClient(named: "App", id: "app", isConfidential: true, redirectURIs: redirectURIs).secret
            ?? ""
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
