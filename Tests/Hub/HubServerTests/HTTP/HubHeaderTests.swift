import HubServer
import HubStore
import NIOHTTP1
import NIOSSL
import PulsoidAPI
import TestKit
import Testing

/// The header fields that protect an answer from browsers and caches.
@Suite(.timeLimit(.minutes(10)))
struct HubHeaderTests {
    @Test func everyAnswer_isNotToBeGuessed_andIsKeptNowhereUnlessItSaysSo() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await hub.write(70, at: hub.now, token: anna)
            let admin = try await hub.store.accounts.issueAdminToken(named: "a").accessToken
            let calls: [(HTTPMethod, String, String?, Int)] = [
                (.GET, PulsoidPath.latestHeartRate, anna, 200), (.GET, PulsoidPath.latestHeartRate, nil, 401),
                (.GET, PulsoidPath.validateToken, anna, 200), (.GET, "/api/hub/v1/rooms", anna, 200),
                (.GET, "/api/hub/v1/readings", anna, 200), (.GET, PulsoidPath.profile, anna, 200),
                (.GET, "/api/hub/v1/admin/users", admin, 200), (.GET, "/metrics", admin, 200),
                (.GET, "/metrics", nil, 401),
                (.GET, "/healthz", nil, 200), (.GET, "/openapi.json", nil, 200), (.GET, "/nothing", nil, 404),
                (.OPTIONS, PulsoidPath.data, nil, 204), (.POST, "/", nil, 405), (.GET, PulsoidPath.realTime, anna, 426),
                (.GET, PulsoidPath.deviceConsent, nil, 200), (.GET, "/auth", nil, 400),
                (.HEAD, PulsoidPath.latestHeartRate, anna, 200),
            ]
            for (method, path, token, status) in calls {
                let answer = try await hub.send(method, path, token: token)
                #expect(answer.status == status, "\(path)")
                #expect(answer.headers["x-content-type-options"] == ["nosniff"], "\(path)")
                #expect(answer.headers["cache-control"] == ["no-store"], "\(path)")
                #expect(answer.headers["strict-transport-security"] == [], "\(path)")
            }
            // Refused before the request is read.
            try await RawConnection.open(port: hub.port) { connection in
                try await connection.send("nonsense\r\n\r\n")
                let answer = try await connection.readAnswer()
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["cache-control"] == "no-store")
            }
        }
    }

    @Test func answer_toAnAddressWithAToken_isKeptNowhere_aPageToo() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            for path in [PulsoidPath.validateToken, "/overlay/x", "/", "/page/overlay.js", "/nothing"] {
                for name in ["access_token", "access%5Ftoken"] {
                    let answer = try await hub.send(.GET, "\(path)?\(name)=\(anna)")
                    #expect(answer.headers["cache-control"] == ["no-store"], "\(path)")
                }
            }
            #expect(try await hub.send(.GET, "/overlay/x").headers["cache-control"] == ["no-cache"])
        }
    }

    @Test func hubThatSpeaksTLS_asksForItNextTime_forADay() async throws {
        let pair = try await TestCertificate()
        let certificate = try HubCertificate(certificateFile: pair.certificateFile, keyFile: pair.keyFile)
        let context = try pair.clientContext()
        try await TestHub.run(certificate: certificate) { hub in
            for path in ["/", "/nothing", "/healthz"] {
                try await RawConnection.open(port: hub.port, tls: context) { connection in
                    try await connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let answer = try await connection.readAnswer()
                    #expect(answer.headers["strict-transport-security"] == "max-age=86400", "\(path)")
                }
            }
        }
    }
}
