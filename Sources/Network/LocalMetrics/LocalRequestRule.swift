import NIOHTTP1

/// Decides whether a program on this machine has sent a request for itself.
///
/// The connection's address does not show that: a browser on this machine connects for foreign pages, and a proxy for
/// its clients. Their requests differ in three ways. A page that resolves its own name to this machine (DNS rebinding)
/// sends that name as `Host`. A page on another origin sends `Origin` or `Sec-Fetch-Site`. A proxy adds headers of its
/// own, or speaks HTTP/1.0, as nginx does by default.
struct LocalRequestRule {
    /// The server's address, with its real port.
    let address: LoopbackAddress

    /// Why the request is refused; nil when it may be answered.
    func refusal(of head: HTTPRequestHead) -> MetricsAnswer? {
        guard let reason = reason(head) else { return nil }
        return MetricsAnswer(
            status: .forbidden,
            text: "\(reason). Only programs on this machine may read this address, and directly: "
                + "curl http://\(address)/metrics\n")
    }

    private func reason(_ head: HTTPRequestHead) -> String? {
        guard head.version == .http1_1 else { return "The request is not HTTP/1.1, so a proxy may have sent it" }
        let hosts = head.headers[canonicalForm: "host"]
        guard hosts.count == 1, isOwn(hosts[0].lowercased()) else {
            return "The Host header does not name \(address)"
        }
        for (name, value) in head.headers where Self.isForeign(name.lowercased(), value.lowercased()) {
            return "The header \(name.lowercased()) shows that a proxy or a web page has sent the request"
        }
        return nil
    }

    /// Whether a `Host` is exactly this server's: a loopback name or the address itself, with the right port or none.
    private func isOwn(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]", address.hostLiteral].contains { name in
            host == name || host == "\(name):\(address.port)"
        }
    }

    private static let foreignNames: Set<String> = [
        "origin", "forwarded", "via", "client-ip", "true-client-ip", "cdn-loop", "front-end-https",
        "surrogate-capability",
    ]
    private static let foreignPrefixes = ["cf-", "fastly-", "fly-", "proxy-"]

    /// `name` and `value` in lower case. Every `X-…` counts as a proxy's (`X-Forwarded-For`, `X-Real-IP`, `X-Client-IP`
    /// and many more), except the headers of Prometheus and of games made with Unity.
    private static func isForeign(_ name: String, _ value: String) -> Bool {
        if name == "sec-fetch-site" { return value != "none" && value != "same-origin" }
        return foreignNames.contains(name) || foreignPrefixes.contains { name.hasPrefix($0) }
            || (name.hasPrefix("x-") && !name.hasPrefix("x-prometheus-") && name != "x-unity-version")
    }
}
