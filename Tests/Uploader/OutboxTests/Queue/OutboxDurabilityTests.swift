import FoundationEssentials
import GRDB
import Outbox
import Subprocess
import TestKit
import Testing

/// Counts the syncs that reach the kernel: the settings of SQLite prove nothing.
@Suite(.timeLimit(.minutes(10)))
struct OutboxDurabilityTests {
    /// The cursor is moved after each append in both.
    @Test(
        .enabled("strace is there and may trace") { await canTrace() },
        arguments: [("power-loss", 1), ("process-crash", 0)])
    func append_syncsAsItsDurabilitySays_andCursorsNever(durability: String, syncsPerAppend: Int) async throws {
        let few = try await syncs(durability: durability, appends: 20)
        let many = try await syncs(durability: durability, appends: 70)
        #expect(many - few == 50 * syncsPerAppend)
    }

    @Test func processCrash_bringsWhatWasAppendedToTheDiskAtTheInterval() async throws {
        let fixture = OutboxFixture()
        let outbox = try fixture.open(
            options: OutboxOptions(durability: .processCrash, syncInterval: .seconds(20)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await outbox.run() }
            await fixture.clock.untilSleeping(2)
            try await outbox.append(fixture.reading(60))
            #expect(try await inFile(of: fixture) == 0)
            fixture.clock.advance(by: .seconds(20))
            await fixture.clock.untilSleeping(2)
            #expect(try await inFile(of: fixture) == 1)
            group.cancelAll()
        }
        try await outbox.close()
    }

    @Test func close_whileItRuns_endsTheSyncs() async throws {
        let fixture = OutboxFixture()
        let outbox = try fixture.open(
            options: OutboxOptions(durability: .processCrash, syncInterval: .seconds(20)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await outbox.run() }
            try await outbox.append(fixture.reading(60))
            await fixture.clock.untilSleeping(2)
            try await outbox.close()
            fixture.clock.advance(by: .seconds(20))
            await fixture.clock.untilSleeping(2)
            group.cancelAll()
        }
        #expect(try await OutboxReader(path: fixture.path).statistics().received == 1)
    }

    /// Readings in the file, without those that only the spool has.
    private func inFile(of fixture: OutboxFixture) async throws -> Int? {
        try await DatabaseQueue(path: fixture.path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM reading") }
    }

    private static func canTrace() async -> Bool {
        let probe = try? await run(
            .name("strace"), arguments: ["-o", "/dev/null", "true"], input: .none, output: .discarded)
        return probe?.terminationStatus.isSuccess ?? false
    }

    private func syncs(durability: String, appends: Int64) async throws -> Int {
        let directory = TemporaryDirectory()
        let helper = CrashHelper(path: directory.file("outbox.sqlite"), durability: durability, count: appends)
        let trace = directory.file("trace")
        let ended = try await run(
            .name("strace"),
            arguments: .init(
                ["-f", "-y", "-e", "trace=fsync,fdatasync", "-o", trace, CrashHelper.program] + helper.arguments),
            input: .none, output: .discarded)
        #expect(ended.terminationStatus.isSuccess)
        let lines = try String(decoding: Data(contentsOf: URL(fileURLWithPath: trace)), as: UTF8.self)
            .split(separator: "\n")
        return lines.count { $0.contains("sync(") && !$0.contains("resumed") && !$0.contains("/dev/shm/") }
    }
}
