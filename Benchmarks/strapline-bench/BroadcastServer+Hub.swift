import FoundationEssentials
import Subprocess

extension BroadcastServer {
    /// People in the room: those of a large class in a gym, who all write.
    private static let members = 8

    private struct Outcome: Decodable {
        var room_id: String?
        var access_token: String?
    }

    /// Readings were measured long ago, each a millisecond after the one before: the hub keeps one of each time.
    private static let ageMilliseconds: Int64 = 100 * 24 * 60 * 60 * 1000

    /// `strapline-hub` with one room, made with its own commands. The limits of requests and of streams are off.
    static func hub(program: String, folder: String, port: Int) async throws -> BroadcastServer {
        try await hub(program: program, database: folder + "/hub.sqlite", ports: [port])[0]
    }

    /// As many hubs over one database as there are ports.
    static func hub(program: String, database: String, ports: [Int]) async throws -> [BroadcastServer] {
        func command(_ words: String...) async throws -> Outcome {
            let result = try await Subprocess.run(
                .name("env"), arguments: Arguments(["--", program] + words + ["--database", database, "--json"]),
                output: .string(limit: 1 << 16), error: .currentStandardError)
            guard result.terminationStatus.isSuccess else {
                throw BenchError("\(program) \(words) ended with \(result.terminationStatus)")
            }
            return try JSONDecoder().decode(Outcome.self, from: Data(result.standardOutput.utf8))
        }
        guard let room = try await command("room", "create").room_id else { throw BenchError("no room was made") }
        var writers: [Writer] = []
        for number in 1...members {
            let name = "user-\(number)"
            _ = try await command("user", "add", name)
            _ = try await command("room", "add", room, name)
            let token = try await command("token", "issue", "--user", name, "--scope", "data:heart_rate:write")
            writers.append(Writer(path: "/api/v1/data", token: token.access_token))
        }
        let reader = try await command("token", "issue", "--user", "user-1", "--scope", "data:room:read")
        let start = Int64(Date().timeIntervalSince1970 * 1000) - ageMilliseconds
        return ports.map { port in
            BroadcastServer(
                name: "strapline-hub",
                commandLine: [
                    program, "serve", "--port", "\(port)", "--database", database, "--requests-per-second", "0",
                    "--streams-per-token", "0",
                ],
                port: port,
                readPath: "/api/v2/data/rooms/\(room)/real_time?access_token=\(reader.access_token ?? "")",
                writers: writers,
                body: { #"{"measured_at":\#(start + $0),"data":{"heart_rate":\#(60 + $0 % 100)}}"# })
        }
    }
}
