package import EventThread
import FoundationEssentials
import PulsoidAPI
import TextFormats
package import Timing
import Tokens
package import WebClient

/// Asks Pulsoid for tokens: with the device authorization flow (RFC 8628), and with a refresh token (RFC 6749, section
/// 6). Tokens and codes travel in bodies, never in an address.
package struct PulsoidOAuth: Sendable {
    /// How long one request may take. It is short because a stopping program waits for a refresh under way: its answer
    /// holds the only valid token.
    package static let totalTimeout: Duration = .seconds(10)

    package static var limits: WebClientLimits {
        var limits = WebClientLimits()
        limits.totalTimeout = totalTimeout
        limits.connections = 1
        return limits
    }

    package let service: ServiceAddress
    private let client: WebClient
    private let time: any TimeSource
    private let authorization: RequestTemplate
    private let token: RequestTemplate

    /// - Throws: ``ServiceAddressError`` where `service` cannot be used.
    package init(
        service: ServiceAddress, limits: WebClientLimits = Self.limits, network: NetworkSettings = NetworkSettings(),
        thread: EventThread = .shared, time: any TimeSource = KernelTime()
    ) throws(ServiceAddressError) {
        self.service = service
        self.client = WebClient(limits: limits, network: network, thread: thread)
        self.time = time
        authorization = try RequestTemplate(.postForm, service, path: OAuthPath.deviceAuthorization)
        token = try RequestTemplate(.postForm, service, path: OAuthPath.token)
    }

    /// Asks for a code that the user confirms.
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
        let responseClass = response.responseClass(time)
        if responseClass == .success,
            let answer = try? JSONDecoder().decode(DeviceAuthorization.self, from: Data(response.body))
        {
            return answer
        }
        if let body = try? JSONDecoder().decode(OAuthErrorBody.self, from: Data(response.body)) {
            let said = (body.errorDescription ?? body.error).printable()
            throw LoginError(
                .rejected, "\(service) answered \(response.status): \"\(said)\". Check the client id and the scopes.")
        }
        throw LoginError(
            .unavailable, response.message(for: responseClass == .success ? .unexpected : responseClass, from: service))
    }

    func grant(ofDeviceCode code: String, clientID: String) async -> TokenResponse {
        let form = [
            (name: "grant_type", value: OAuthPath.GrantType.deviceCode), ("device_code", code), ("client_id", clientID),
        ]
        return await grant(form, clientID: clientID, without: [AccessToken(code)].compactMap { $0 })
    }

    func grant(refreshing refresh: AccessToken, clientID: String) async -> TokenResponse {
        let form = [
            (name: "grant_type", value: OAuthPath.GrantType.refreshToken), ("refresh_token", refresh.revealed),
            ("client_id", clientID),
        ]
        return await grant(form, clientID: clientID, spent: refresh, without: [refresh])
    }

    private func grant(
        _ form: [(name: String, value: String)], clientID: String, spent: AccessToken? = nil,
        without secrets: [AccessToken]
    ) async -> TokenResponse {
        do {
            let response = try await client.send(to: token, body: WebForm.encode(form))
            return TokenResponse(
                response, from: service, clientID: clientID, spent: spent, without: secrets, time: time)
        } catch {
            return .unavailable(after: nil, reason: error.description)
        }
    }
}
