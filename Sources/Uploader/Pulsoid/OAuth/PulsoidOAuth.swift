import FoundationEssentials
import PulsoidAPI
import TextFormats
package import Timing
import Tokens
package import WebClient

/// Asks Pulsoid for tokens: with the device authorization flow (RFC 8628), and with a refresh token (RFC 6749, section 6).
/// Tokens and codes travel in bodies, never in an address.
package struct PulsoidOAuth: Sendable {
    /// How long one question may take. Shorter than others, for a program that is told to stop waits for a refresh that is
    /// under way: its answer holds the only token that is still good.
    package static let totalTimeout: Duration = .seconds(10)

    package let service: ServiceAddress
    private let client: WebClient
    private let time: any TimeSource
    private let authorization: Endpoint
    private let token: Endpoint

    /// - Throws: ``ServiceAddressError`` where `service` cannot be used.
    package init(
        service: ServiceAddress, network: NetworkSettings = NetworkSettings(), time: any TimeSource = KernelTime()
    ) throws(ServiceAddressError) {
        var limits = WebClientLimits()
        limits.totalTimeout = Self.totalTimeout
        limits.connections = 1
        self.service = service
        self.client = WebClient(limits: limits, network: network)
        self.time = time
        authorization = try Endpoint(.postForm, service, path: OAuthPath.deviceAuthorization)
        token = try Endpoint(.postForm, service, path: OAuthPath.token)
    }

    /// Asks for a code that a person confirms.
    func deviceAuthorization(
        clientID: String, scopes: [PulsoidScope]
    ) async throws(LoginError) -> DeviceAuthorization {
        let form = [
            (name: "client_id", value: clientID), ("scope", scopes.map(\.rawValue).joined(separator: ",")),
        ]
        let response: WebResponse
        do {
            response = try await client.send(to: authorization, body: WebForm.encode(form))
        } catch {
            throw LoginError(.unavailable, error.description)
        }
        let meaning = response.meaning(time)
        if meaning == .success,
            let answer = try? JSONDecoder().decode(DeviceAuthorization.self, from: Data(response.body))
        {
            return answer
        }
        if let body = try? JSONDecoder().decode(OAuthErrorBody.self, from: Data(response.body)) {
            let said = (body.errorDescription ?? body.error).printable()
            throw LoginError(
                .rejected, "\(service) answered \(response.status): \"\(said)\". Check the client id and the scopes.")
        }
        throw LoginError(.unavailable, response.sentence(meaning == .success ? .unexpected : meaning, from: service))
    }

    func grant(ofDeviceCode code: String, clientID: String) async -> GrantAnswer {
        let form = [
            (name: "grant_type", value: OAuthPath.GrantType.deviceCode), ("device_code", code), ("client_id", clientID),
        ]
        return await grant(form, clientID: clientID, without: [AccessToken(code)].compactMap { $0 })
    }

    func grant(refreshing refresh: AccessToken, clientID: String) async -> GrantAnswer {
        let form = [
            (name: "grant_type", value: OAuthPath.GrantType.refreshToken), ("refresh_token", refresh.revealed),
            ("client_id", clientID),
        ]
        return await grant(form, clientID: clientID, spent: refresh, without: [refresh])
    }

    private func grant(
        _ form: [(name: String, value: String)], clientID: String, spent: AccessToken? = nil,
        without secrets: [AccessToken]
    ) async -> GrantAnswer {
        do {
            let response = try await client.send(to: token, body: WebForm.encode(form))
            return GrantAnswer(
                response, from: service, clientID: clientID, spent: spent, without: secrets, time: time)
        } catch {
            return .unavailable(after: nil, reason: error.description)
        }
    }
}
