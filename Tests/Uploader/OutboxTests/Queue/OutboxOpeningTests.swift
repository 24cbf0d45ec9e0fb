import FoundationEssentials
import GRDB
import Glibc
import Logging
import Outbox
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10)))
struct OutboxOpeningTests {
    let fixture = OutboxFixture()

    private func code(_ open: () async throws -> Void) async -> OutboxError.Code? {
        do {
            try await open()
            return nil
        } catch {
            let error = error as? OutboxError
            #expect(error?.nextStep?.isEmpty == false, "the error names the next step")
            return error?.code
        }
    }

    @Test func file_isForThisUserOnly_andSoAreItsCompanions() async throws {
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(60))
        for name in ["outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm", "outbox.sqlite.lock"] {
            var status = stat()
            #expect(stat(fixture.directory.file(name), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
    }

    /// As a copy that was put back with `cp` has them.
    @Test(arguments: [Durability.powerLoss, .processCrash])
    func files_thatOthersMayRead_arePrivateAgain_andTheLogSaysSo(durability: Durability) async throws {
        let lines = Recorder<String>()
        let fixture = OutboxFixture(logger: Logger(label: "test") { _ in RecordingLogHandler(lines) })
        var options = OutboxOptions()
        options.durability = durability
        let first = try fixture.open(options: options)
        try await first.append(fixture.reading(60))
        try await first.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path)
        for name in names { chmod(fixture.directory.file(name), 0o644) }
        let second = try fixture.open(options: options)
        for name in names {
            var status = stat()
            guard stat(fixture.directory.file(name), &status) == 0 else { continue }
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
        await lines.until { lines in
            lines.contains { $0.contains("outbox.sqlite could be read or written by other users (mode 0644)") }
        }
        try await second.close()
    }

    @Test func folder_whenMissing_isTold() async throws {
        let code = await code {
            _ = try Outbox(
                path: fixture.directory.file("no/outbox.sqlite"), lanes: [pulsoid], time: fixture.time,
                logger: fixture.logger)
        }
        #expect(code == .folderMissing)
    }

    @Test(.enabled("root may write everywhere") { geteuid() != 0 })
    func folder_whenNotWritable_isTold() async throws {
        chmod(fixture.directory.path, 0o500)
        defer { chmod(fixture.directory.path, 0o700) }
        #expect(await code { _ = try fixture.open() } == .notWritable)
    }

    @Test func path_whenAFolder_isTold() async throws {
        mkdir(fixture.path, 0o700)
        #expect(await code { _ = try fixture.open() } == .notWritable)
    }

    @Test func file_whenNoDatabase_isTold_andLeftAlone() async throws {
        let text = Data(String(repeating: "a shopping list\n", count: 100).utf8)
        try text.write(to: URL(fileURLWithPath: fixture.path))
        chmod(fixture.path, 0o644)
        #expect(await code { _ = try fixture.open() } == .notAnOutbox)
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == text)
        try expectAloneAndReadable()
    }

    @Test func file_whenADatabaseOfAnotherProgram_isLeftAlone() async throws {
        let other = try DatabaseQueue(path: fixture.path)
        try await other.writeWithoutTransaction {
            try $0.execute(
                sql: "PRAGMA page_size = 1024; PRAGMA application_id = 7; CREATE TABLE bookmark (id INTEGER)")
        }
        try other.close()
        chmod(fixture.path, 0o644)
        #expect(await code { _ = try fixture.open() } == .notAnOutbox)
        try expectAloneAndReadable()
    }

    private func expectAloneAndReadable() throws {
        var status = stat()
        #expect(stat(fixture.path, &status) == 0 && status.st_mode & 0o777 == 0o644)
        let name = fixture.path.split(separator: "/").last.map(String.init)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path) == [name])
    }

    @Test func file_whenADatabaseOfAnotherProgram_isTold() async throws {
        let other = try DatabaseQueue(path: fixture.path)
        try await other.write { try $0.execute(sql: "CREATE TABLE bookmark (id INTEGER PRIMARY KEY)") }
        try other.close()
        #expect(await code { _ = try fixture.open() } == .notAnOutbox)
        #expect(await code { _ = try OutboxReader(path: fixture.path) } == .notAnOutbox)
    }

    @Test func file_whenFromANewerStrapline_isTold() async throws {
        try await fixture.open().close()
        let newer = try DatabaseQueue(path: fixture.path)
        try await newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
        try newer.close()
        #expect(await code { _ = try fixture.open() } == .newerSchema)
    }

    @Test func file_whenInUse_isTold() async throws {
        let outbox = try fixture.open()
        #expect(await code { _ = try fixture.open() } == .inUse)
        try await outbox.close()
        #expect(await code { try await fixture.open().close() } == nil)
    }

    @Test func file_whenItsProcessWasKilled_opensAgain() async throws {
        _ = try await CrashHelper(path: fixture.path).runAndKill(afterLines: 1)
        #expect(await code { try await fixture.open().close() } == nil)
    }

    @Test func reader_whenThereIsNoFile_isTold() async throws {
        #expect(await code { _ = try OutboxReader(path: fixture.path) } == .missing)
    }

    @Test func reader_looksOnWhileTheOutboxIsOpen_andAfter() async throws {
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(60))
        #expect(try await OutboxReader(path: fixture.path).statistics().received == 1)
        try await outbox.append(fixture.reading(61))
        #expect(try await outbox.statistics().received == 2)
        try await outbox.close()
        #expect(try await OutboxReader(path: fixture.path).statistics().received == 2)
    }

    @Test func append_afterClose_throws() async throws {
        let outbox = try fixture.open()
        try await outbox.close()
        await #expect(throws: OutboxError.self) { try await outbox.append(fixture.reading(60)) }
    }
}
