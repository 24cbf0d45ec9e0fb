import FoundationEssentials
import GRDB
import Glibc
import HubFixtures
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// Copies of a hub that runs, and the way back.
@Suite(.enabled(if: !TestDatabase.isShared), .timeLimit(.minutes(10)))
struct BackupTests {
    @Test func backup_whileOthersWrite_holdsAllThatWasAnsweredBefore_andCanBeServed() async throws {
        let folder = TemporaryDirectory()
        let copy = folder.file("copy.sqlite")
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            for index in 0..<50 { try await hub.write(70, at: hub.now - Int64(index), token: anna.accessToken) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for index in 50..<250 {
                        try await hub.write(70, at: hub.now - Int64(index), token: anna.accessToken)
                    }
                }
                let bytes = try await DatabaseBackup.make(of: hub.path, to: copy)
                #expect(bytes > 0)
                try await group.waitForAll()
            }
            var status = stat()
            #expect(stat(copy, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            // The copy, served: the same tokens and readings.
            try await TestHub.run(database: copy) { restored in
                let latest = try await restored.send(.GET, PulsoidPath.latestHeartRate, token: anna.accessToken)
                #expect(latest.status == 200)
                #expect(try await restored.rowCount("reading") >= 50)
                #expect(try await restored.write(71, at: restored.now + 1, token: anna.accessToken).status == 200)
            }
            #expect(try await hub.rowCount("reading") == 250)
        }
    }

    @Test func backup_reportsTheCopyFromItsStart_andThenTheCheck() async throws {
        let folder = TemporaryDirectory()
        try await TestHub.run { hub in
            let reports = Recorder<DatabaseBackup.Progress>()
            let bytes = try await DatabaseBackup.make(of: hub.path, to: folder.file("copy")) { reports.append($0) }
            guard case .copying(_, let total) = reports.all.first else {
                Issue.record("no copy is reported: \(reports.all)")
                return
            }
            #expect(total > 0 && bytes > 0)
            #expect(reports.all.last == .checking)
        }
    }

    @Test func backup_overwritesNothing_andLeavesNothingBehindWhenItFails() async throws {
        let folder = TemporaryDirectory()
        let database = folder.file("hub.sqlite")
        let store = try HubStore(path: database)
        try Data("mine".utf8).write(to: URL(filePath: folder.file("taken")))
        await expect(.conflict) { try await DatabaseBackup.make(of: database, to: folder.file("taken")) }
        #expect(try String(contentsOfFile: folder.file("taken"), encoding: .utf8) == "mine")
        await expect(.cannotOpen) { try await DatabaseBackup.make(of: folder.file("none"), to: folder.file("copy")) }
        await expect(.cannotOpen) { try await DatabaseBackup.make(of: database, to: folder.file("nowhere/copy")) }
        try await DatabaseQueue(path: folder.file("other.sqlite")).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        await expect(.foreignDatabase) {
            try await DatabaseBackup.make(of: folder.file("other.sqlite"), to: folder.file("copy"))
        }
        try store.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("copy") }
        #expect(left.isEmpty)
    }

    @Test(.enabled(if: SmallDisk.isPermitted)) func backup_onADiskThatIsTooSmall_isToldAndLeavesNothing() async throws {
        let folder = TemporaryDirectory()
        let disk = try #require(SmallDisk(sizeKibibytes: 64))
        let database = folder.file("hub.sqlite")
        let store = try HubStore(path: database)
        _ = try await store.accounts.addUser(named: "Anna")
        await expect(.diskFull) { try await DatabaseBackup.make(of: database, to: disk.file("copy.sqlite")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
    }

    @Test func program_backsUp_andSaysWhatIsWrong() async throws {
        let program = HubProgram()
        _ = try await program.run("user", "add", "Anna")
        let copy = program.directory.file("copy.sqlite")
        let made = try await program.run("backup", copy)
        #expect(made.exitCode == 0)
        #expect(made.standardOutput.hasPrefix("\(copy): "))
        let again = try await program.run("backup", copy)
        #expect(again.exitCode == 64)
        #expect(again.standardError.contains("already"))
    }

    private func expect(_ code: HubStoreError.Code, _ body: () async throws -> Int64) async {
        await #expect { try await body() } throws: { ($0 as? HubStoreError)?.code == code }
    }
}
