import Postgres
import PostgresHarness
import TestKit
import Testing
import Timing

@Suite(.timeLimit(.minutes(10)), .enabled(if: PostgresServer.isThere, "install PostgreSQL"))
struct PostgresClientTests {
    private func client(_ server: PostgresServer, _ name: String) async throws -> PostgresClient {
        let client = PostgresClient(name: name)
        try await client.connect(to: server.hosts(), within: PostgresServer.patience)
        try await client.run { $0.limit = PostgresServer.patience }
        return client
    }

    @Test func notifications_comeInTheOrderOfCommits_whileOtherCallsRun() async throws {
        let server = try await PostgresServer()
        let listener = try await client(server, "listener")
        let writer = try await client(server, "writer")
        try await listener.run { try $0.listen(to: "hub \"events\"") }
        let heard = Task {
            var heard: [String] = []
            while heard.count < 3 {
                heard += try await listener.notifications(within: .seconds(60)).map(\.payload)
            }
            return heard
        }
        for number in 1...3 {
            try await writer.run { connection in
                _ = try connection.run("SELECT pg_notify('hub \"events\"', $1)", [.text("event \(number)")])
            }
            // A heartbeat on the same connection.
            #expect(try await listener.run { try $0.run("SELECT 1").first } == [.int8(1)])
        }
        #expect(try await heard.value == ["event 1", "event 2", "event 3"])
    }

    @Test func notifications_thatCameWithAnAnswer_areNotLost() async throws {
        let server = try await PostgresServer()
        let listener = try await client(server, "listener")
        try await listener.run { connection in
            try connection.listen(to: "hub")
            _ = try connection.run("SELECT pg_notify('hub', 'own')")
        }
        #expect(try await listener.notifications(within: .seconds(60)).map(\.payload) == ["own"])
    }

    @Test func notifications_whenNoneComes_endWithTheTime() async throws {
        let server = try await PostgresServer()
        let listener = try await client(server, "listener")
        let clock = ManualClock()
        let waited = Task { try await listener.notifications(within: .seconds(5), clock: clock) }
        await clock.untilSleeping()
        clock.advance(by: .seconds(5))
        #expect(try await waited.value.isEmpty)
    }

    @Test func notifications_whenTheServerDies_end() async throws {
        let server = try await PostgresServer()
        let listener = try await client(server, "listener")
        try await listener.run { try $0.listen(to: "hub") }
        server.stop()
        let error = await #expect(throws: PostgresError.self) {
            while true { _ = try await listener.notifications(within: .seconds(60)) }
        }
        #expect(error?.kind == .unavailable)
        #expect(await !listener.isOpen)
        #expect(await #expect(throws: PostgresError.self) { try await listener.run { _ in } }?.code == .closed)
        try await server.start()
        try await listener.connect(to: server.hosts(), within: PostgresServer.patience)
        #expect(await listener.isOpen)
    }
}
