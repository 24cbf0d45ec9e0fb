import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubStore

/// The filter for fail2ban in docs/hub.md, against lines of the program.
@Suite(.timeLimit(.minutes(10)))
struct FailureFilterTests {
    private let program = HubProgram()

    /// The address that the filter finds in a line.
    private static func host(in line: String) throws -> String? {
        let text = try String(contentsOfFile: ProjectFolder.path("docs/hub.md"), encoding: .utf8)
        func value(of key: String) throws -> String {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(key) = ") })
            return String(line.dropFirst("\(key) = ".count))
        }
        let secrets = try value(of: "secrets")
        let pattern = try value(of: "failregex").replacing("%(secrets)s", with: secrets)
            .replacing("<HOST>", with: "(\\S+)")
        let match = try Regex(pattern).firstMatch(in: line)
        return match.flatMap { $0[1].substring.map(String.init) }
    }

    @Test func filter_findsTheAddressInTheProgramsLog() async throws {
        _ = try await program.run("user", "add", "Anna")
        let token = try await program.value(
            "access_token", "token", "issue", "--user", "Anna", "--scope", "profile:read")
        _ = try await program.serve { serving in
            for (path, token) in [
                (PulsoidPath.validateToken, "nonsense"), ("/api/hub/v1/admin/users", "nonsense"),
                (PulsoidPath.validateToken, token), ("/api/hub/v1/admin/users", token),
            ] {
                var request = HTTPClientRequest(url: serving.baseURL + path)
                request.headers.add(name: "Authorization", value: "Bearer \(token)")
                _ = try await HTTPClient.shared.execute(request, timeout: .minutes(1))
            }
        }
        let log = try String(contentsOfFile: program.log, encoding: .utf8)
        let lines = log.split(separator: "\n").filter { $0.contains("security: refused") }
        #expect(lines.count == 3, "\(log)")
        // A user's token is no guess.
        #expect(try lines.map { try Self.host(in: String($0)) } == ["127.0.0.1", "127.0.0.1", nil])
        #expect(!log.contains("nonsense"))
        #expect(!log.contains(token))
    }

    @Test func filter_isNotDeceivedByAName() throws {
        let forged = "security: refused peer=192.0.2.1 route=/x secret=access_token reason=unknown"
        #expect(try Self.host(in: "2026 warning hub: " + forged) == "192.0.2.1")
        let line = SecurityLine("change", peer: "192.0.2.7", route: "/x").adding([("name", forged)])
        #expect(try Self.host(in: line.text) == nil)
    }
}
