import NIOHTTP1
import Testing

@testable import LocalMetrics

@Suite struct LocalRequestRuleTests {
    private func status(
        _ headers: HTTPHeaders, at address: String = "127.0.0.1:9464", version: HTTPVersion = .http1_1
    ) throws -> Int? {
        let rule = LocalRequestRule(address: try #require(LoopbackAddress(address)))
        let head = HTTPRequestHead(version: version, method: .GET, uri: "/metrics", headers: headers)
        return rule.refusal(of: head).map { Int($0.status.code) }
    }

    @Test(arguments: [
        ("127.0.0.1:9464", "127.0.0.1:9464"), ("127.0.0.1:9464", "localhost:9464"), ("127.0.0.1:9464", "LocalHost"),
        ("127.0.0.1:9464", "[::1]:9464"), ("[::1]:80", "[::1]"), ("127.9.9.9:9464", "127.9.9.9:9464"),
    ])
    func host_ofThisAddress_isAnswered(address: String, host: String) throws {
        #expect(try status(["Host": host], at: address) == nil)
    }

    @Test(arguments: [
        "evil.example", "evil.example:9464", "localhost:evil.example", "localhost:9464:evil.example", "localhost:",
        "localhost:9465", "localhost:09464", "localhost.:9464", "localhost.evil.example:9464", "127.0.0.1.evil.example",
        "127.0.0.2:9464", "user@localhost:9464", "localhost:9464, evil.example", "0.0.0.0:9464", "[::]:9464", "",
        "http://localhost:9464",
    ])
    func host_ofAnotherName_isRefused(host: String) throws {
        #expect(try status(["Host": host]) == 403)
    }

    @Test func host_thatIsMissingOrDoubled_isRefused() throws {
        #expect(try status([:]) == 403)
        #expect(try status(["Host": "localhost:9464", "host": "localhost:9464"]) == 403)
    }

    @Test(arguments: [
        "Origin", "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix",
        "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Original-Host", "X-Envoy-External-Address", "X-Scheme",
        "CF-Connecting-IP", "CF-Ray", "True-Client-IP", "Client-IP", "Fastly-Client-IP", "Fly-Client-IP", "CDN-Loop",
        "x-forwarded-port", "X-ProxyUser-IP",
    ])
    func header_ofAProxyOrAPage_isRefused(name: String) throws {
        #expect(try status(["Host": "localhost:9464", name: "203.0.113.9"]) == 403)
        #expect(try status(["Host": "localhost:9464", name: ""]) == 403)
    }

    @Test(arguments: [
        ("none", true), ("same-origin", true), ("cross-site", false), ("same-site", false), ("nonsense", false),
    ])
    func secFetchSite_ofAnotherOrigin_isRefused(value: String, isAnswered: Bool) throws {
        let status = try status(["Host": "localhost:9464", "Sec-Fetch-Site": value])
        #expect((status == nil) == isAnswered)
    }

    @Test func request_ofPrometheus_isAnswered() throws {
        let headers: HTTPHeaders = [
            "Host": "127.0.0.1:9464", "User-Agent": "Prometheus/2.42.0", "Accept": "text/plain;version=0.0.4;q=0.5",
            "Accept-Encoding": "gzip", "X-Prometheus-Scrape-Timeout-Seconds": "10",
            "X-Unity-Version": "2021.3.16f1",
        ]
        #expect(try status(headers) == nil)
    }

    @Test func request_ofNginxAsInstalled_isRefused() throws {
        let headers: HTTPHeaders = ["Host": "127.0.0.1:9464", "Connection": "close", "User-Agent": "curl/7.88.1"]
        #expect(try status(headers, version: .http1_0) == 403)
    }
}
