import Gzip
import Tokens
import WebClient

/// Requests that write lines.
struct InfluxCall {
    /// A shorter body would hardly become smaller.
    private static let leastCompressedBytes = 1000

    let target: InfluxTarget
    let endpoint: RequestTemplate

    init(_ target: InfluxTarget, at address: ServiceAddress) throws(ServiceAddressError) {
        self.target = target
        endpoint = try RequestTemplate(
            .send(contentType: "text/plain; charset=utf-8"), address, path: target.writePath)
    }

    /// - Throws: `WebError` if there is no answer.
    func send(_ lines: [UInt8], token: AccessToken?, with client: WebClient) async throws(WebError) -> WebResponse {
        var headers = token.map { [("Authorization", login(with: $0)?.header ?? "Token \($0.revealed)")] } ?? []
        guard lines.count >= Self.leastCompressedBytes, let compressed = Gzip.compressed(lines) else {
            return try await client.send(to: endpoint, headers: headers, bytes: lines)
        }
        headers.append(("Content-Encoding", "gzip"))
        return try await client.send(to: endpoint, headers: headers, bytes: compressed)
    }

    /// The text without the token, which a server may repeat.
    func removed(_ token: AccessToken, from text: String) -> String {
        let text = token.removed(from: text)
        return login(with: token)?.removed(from: text) ?? text
    }

    /// A user with a password exists in the first API alone.
    private func login(with token: AccessToken) -> BasicLogin? {
        if case .database = target, token.revealed.contains(":") { BasicLogin(token.revealed) } else { nil }
    }
}
