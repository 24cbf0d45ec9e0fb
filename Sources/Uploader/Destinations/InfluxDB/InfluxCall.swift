import FoundationEssentials
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
        var headers = token.map { [("Authorization", authorization(with: $0))] } ?? []
        guard lines.count >= Self.leastCompressedBytes, let compressed = Gzip.compressed(lines) else {
            return try await client.send(to: endpoint, headers: headers, bytes: lines)
        }
        headers.append(("Content-Encoding", "gzip"))
        return try await client.send(to: endpoint, headers: headers, bytes: compressed)
    }

    /// A user with a password exists in the first API alone.
    private func authorization(with token: AccessToken) -> String {
        if case .database = target, token.revealed.contains(":") {
            return "Basic " + Data(token.revealed.utf8).base64EncodedString()
        }
        return "Token " + token.revealed
    }
}
