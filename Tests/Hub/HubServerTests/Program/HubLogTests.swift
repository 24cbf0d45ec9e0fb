import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// What the program logs at its most talkative.
@Suite(.timeLimit(.minutes(10)))
struct HubLogTests {
    private let program = HubProgram()

    @Test func log_showsNoToken_whereverItStood() async throws {
        let folder = program.directory.file("tokens")
        _ = try await program.run("init", "--user", "Anna", "--tokens", folder)
        let tokens = try ["uploader", "reader", "overlay", "admin"].map { name in
            String(try String(contentsOfFile: "\(folder)/\(name).token", encoding: .utf8).dropLast())
        }
        let wrong = "00000000-1111-2222-3333-444444444444"
        _ = try await program.serve("--log-level", "debug") { serving in
            func send(_ method: HTTPMethod, _ path: String, token: String? = nil, body: String? = nil) async throws {
                var request = HTTPClientRequest(url: serving.baseURL + path)
                request.method = method
                if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
                if let body { request.body = .bytes(ByteBuffer(string: body)) }
                _ = try await HTTPClient.shared.execute(request, timeout: .minutes(1)).body.collect(upTo: 1 << 16)
            }
            for token in tokens + [wrong] {
                try await send(.GET, PulsoidPath.validateToken, token: token)
                try await send(.GET, PulsoidPath.validateToken + "?access_token=\(token)")
                try await send(.POST, PulsoidPath.data, token: token, body: token)
                try await send(.POST, PulsoidPath.revoke + "?token=\(token)", body: "nonsense=\(token)")
                try await send(.GET, "/overlay/x?access_token=\(token)")
                try await send(.POST, "/api/hub/v1/admin/users", token: token, body: #"{"name":"\#(token)!"}"#)
                try await RawConnection.open(port: serving.port) { socket in
                    _ = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(token)")
                }
                try await RawConnection.open(port: serving.port) { connection in
                    try await connection.send("GET /\(token) nonsense\r\n\r\n")
                    _ = try await connection.readAnswer()
                }
            }
        }
        let log = try String(contentsOfFile: program.log, encoding: .utf8)
        #expect(log.contains("path=/api/v1/data "))
        #expect(log.contains("status=401"))
        for token in tokens + [wrong] { #expect(!log.contains(token)) }
    }
}
