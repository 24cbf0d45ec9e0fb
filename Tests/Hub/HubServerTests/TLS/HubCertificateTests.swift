import FoundationEssentials
import Glibc
import HubServer
import HubStore
import NIOSSL
import PulsoidAPI
import Subprocess
import TestKit
import Testing

/// The hub with TLS, with certificates of openssl's, over real connections.
@Suite(.timeLimit(.minutes(10)))
struct HubCertificateTests {
    private static func validate(_ hub: TestHub, _ tls: NIOSSLContext, token: String) async throws -> Int {
        try await status(port: hub.port, tls, PulsoidPath.validateToken, token: token)
    }

    private static func status(port: Int, _ tls: NIOSSLContext, _ path: String, token: String) async throws -> Int {
        try await RawConnection.open(port: port, tls: tls) { connection in
            try await connection.send(
                "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n")
            return try await connection.readAnswer().status
        }
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13]) func tls_carriesRequestsAndStreams(version: TLSVersion) async throws
    {
        let certificate = try await TestCertificate()
        try await TestHub.run(certificate: certificate.loaded()) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let tls = try certificate.clientContext(minimum: version, maximum: version, protocols: ["h2", "http/1.1"])
            try await RawConnection.open(port: hub.port, tls: tls) { socket in
                let answer = try await socket.upgrade(
                    PulsoidPath.realTime + "?access_token=\(anna)&response_mode=text_plain_only_heart_rate")
                #expect(answer.status == 101)
                try await socket.roundTrip()
                try await RawConnection.open(port: hub.port, tls: tls) { connection in
                    let body = HeartRateMessage(measuredAtMilliseconds: hub.now, heartRate: 72).text()
                    // Twice on one connection, the second the last of it.
                    for last in ["", "Connection: close\r\n"] {
                        try await connection.send(
                            "POST \(PulsoidPath.data) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(anna)\r\n"
                                + "Content-Length: \(body.utf8.count)\r\n\(last)\r\n\(body)")
                        #expect(try await connection.readAnswer().status == 200)
                    }
                    #expect(try await connection.isAtEnd())
                }
                #expect(try await socket.readFrame().text == "72")
            }
        }
    }

    /// Another program's TLS: only suites that authenticate what they encrypt.
    @Test(arguments: [
        (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA"], false),
        (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384"], false),
        (["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA:AES128-SHA:AES256-SHA256:AES128-GCM-SHA256"], false),
        (["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], false),
        (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"], true),
        (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"], true),
        (["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"], true),
        (["-tls1_2"], true), (["-tls1_3"], true),
    ])
    func suiteOfTLS_isTaken_onlyIfItAuthenticates(options: [String], isTaken: Bool) async throws {
        let certificate = try await TestCertificate()
        try await TestHub.run(certificate: certificate.loaded()) { hub in
            let client = try await Subprocess.run(
                .name("openssl"),
                arguments: Arguments(["s_client", "-connect", "127.0.0.1:\(hub.port)"] + options),
                input: .none, output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
            #expect((client.terminationStatus == .exited(0)) == isTaken, "\(client.standardError)")
        }
    }

    /// The address of the consent page.
    @Test func addressOfAPage_isHTTPS() async throws {
        let certificate = try await TestCertificate()
        try await TestHub.run(certificate: certificate.loaded()) { hub in
            try await RawConnection.open(port: hub.port, tls: certificate.clientContext()) { connection in
                let form = "client_id=strapline-hub&scope=profile:read"
                try await connection.send(
                    "POST \(PulsoidPath.deviceAuthorization) HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Length: \(form.utf8.count)\r\n\r\n\(form)")
                #expect(try await connection.readAnswer().body.contains("https://localhost/oauth2/"))
            }
        }
    }

    @Test func oldTLS_andNone_areRefused_andHarmNobody() async throws {
        let certificate = try await TestCertificate()
        try await TestHub.run(certificate: certificate.loaded()) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let old = try certificate.clientContext(maximum: .tlsv11)
            await #expect(throws: (any Error).self) { try await Self.validate(hub, old, token: anna) }
            try await RawConnection.open(port: hub.port) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                await #expect(throws: (any Error).self) { try await connection.readAnswer() }
            }
            #expect(try await Self.validate(hub, certificate.clientContext(), token: anna) == 200)
        }
    }

    @Test func newPair_isServedOnceItsFilesHaveChanged_andOpenStreamsGoOn() async throws {
        let certificate = try await TestCertificate()
        let before = try certificate.clientContext()
        try await TestHub.run(certificate: certificate.loaded()) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port, tls: before) { socket in
                _ = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(anna)")
                try await certificate.take(TestCertificate())
                // Once to see that they have changed, once more that they stay so.
                await hub.tick()
                #expect(try await Self.validate(hub, before, token: anna) == 200)
                await hub.tick()
                let after = try certificate.clientContext()
                #expect(try await Self.validate(hub, after, token: anna) == 200)
                await #expect(throws: (any Error).self) { try await Self.validate(hub, before, token: anna) }
                try await socket.roundTrip()
            }
        }
    }

    @Test func badNewPair_leavesTheOldOne_untilItIsMended() async throws {
        let certificate = try await TestCertificate()
        let other = try await TestCertificate()
        let before = try certificate.clientContext()
        try await TestHub.run(certificate: certificate.loaded()) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            // The half of a pair, then no file at all, then nonsense.
            try certificate.takeCertificate(of: other)
            for _ in 0..<2 { await hub.tick() }
            #expect(try await Self.validate(hub, before, token: anna) == 200)
            unlink(certificate.keyFile)
            for _ in 0..<2 { await hub.tick() }
            #expect(try await Self.validate(hub, before, token: anna) == 200)
            try Data("nonsense".utf8).write(to: URL(filePath: certificate.keyFile))
            for _ in 0..<2 { await hub.tick() }
            #expect(try await Self.validate(hub, before, token: anna) == 200)
            try certificate.take(other)
            for _ in 0..<2 { await hub.tick() }
            #expect(try await Self.validate(hub, certificate.clientContext(), token: anna) == 200)
        }
    }

    @Test func badPairAtTheStart_isToldWithItsFile() async throws {
        let one = try await TestCertificate()
        let other = try await TestCertificate()
        let (certificate, key) = (one.certificateFile, one.keyFile)
        func description(_ certificateFile: String, _ keyFile: String) -> String {
            do {
                _ = try HubCertificate(certificateFile: certificateFile, keyFile: keyFile)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(description(certificate, key) == "none")
        #expect(description(certificate, other.keyFile).contains("See whether the key is the certificate's"))
        #expect(description(certificate, certificate).contains("\(certificate) is not a private key"))
        #expect(description(key, key).contains(key))
        #expect(description("/nowhere", key).contains("Cannot read /nowhere: No such file"))
    }

    /// The program: its address, SIGHUP, and what it says of wrong use.
    @Test func program_servesTLS_andLoadsTheCertificateAgainOnSIGHUP() async throws {
        let program = HubProgram()
        let pair = try await TestCertificate()
        let before = try pair.clientContext()
        let token = try await program.value("admin_token", "admin-token")
        _ = try await program.serve("--certificate", pair.certificateFile, "--key", pair.keyFile) { serving in
            #expect(serving.baseURL == "https://127.0.0.1:\(serving.port)")
            #expect(try await Self.status(port: serving.port, before, "/metrics", token: token) == 200)
            try await pair.take(TestCertificate())
            try serving.send(.terminalClosed)
            let after = try pair.clientContext()
            // The signal is on its way: the program takes one connection after the other until it has come.
            while (try? await Self.status(port: serving.port, after, "/metrics", token: token)) != 200 {}
        }
        #expect(try await program.run("serve", "--certificate", pair.certificateFile).exitCode == 64)
        let missing = try await program.run("serve", "--certificate", "/nowhere", "--key", pair.keyFile)
        #expect(missing.exitCode == 66)
        #expect(missing.standardError.contains("/nowhere"))
    }
}
