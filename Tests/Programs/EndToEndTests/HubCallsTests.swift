import FoundationEssentials
import ProcessHarness
import TestKit
import Testing

/// Every call of a hub that runs as a process of its own. An optimised hub once crashed at calls that worked in all
/// unit tests: the compiler had lost the stack (`PeerAddress`).
@Suite(.timeLimit(.minutes(10)), .serialized) struct HubCallsTests {
    private struct Document: Decodable {
        let paths: [String: [String: Operation]]
        struct Operation: Decodable {}
    }

    private static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
    /// The calls that the document does not describe.
    private static let others = ["/", "/healthz", "/metrics", "/nowhere", "/api/v1/hub/rooms", "/api/v1/admin/users"]

    /// The status of the answer; nil when the hub gave none.
    private func status(_ method: String, _ path: String, _ fields: String, port: Int) async throws -> Int? {
        let client = try #require(StubbornClient(port: port))
        client.send("\(method) \(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\(fields)\r\n")
        let answer = await client.receiveToTheEnd()
        return answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    @Test func everyCall_ofAHubProcess_isAnswered_andTheHubGoesOn() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { _, port in
            let file = ProjectFolder.path("Sources/Hub/HubServer/OpenAPI/openapi.json")
            let document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(filePath: file)))
            #expect(document.paths.count > 10)
            let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n"
            let paths = document.paths.keys.map {
                $0.replacing("{room_id}", with: "1").replacing("{user_id}", with: "1")
            }
            for path in paths.sorted() + Self.others {
                for method in Self.methods {
                    for fields in ["", form, "Authorization: Bearer wrong\r\n"] {
                        let status = try await status(method, path, fields, port: port)
                        #expect(status.map { (200..<500).contains($0) } == true, "\(method) \(path): \(status ?? 0)")
                    }
                }
            }
            #expect(try await status("GET", "/healthz", "", port: port) == 200)
        }
    }
}
