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

/// A disk that fails under a running hub, and works again.
@Suite(.enabled(if: !TestDatabase.isShared), .timeLimit(.minutes(10)))
struct HubDiskTests {
    @Test(.enabled(if: SmallDisk.isPermitted))
    func disk_whenFull_isAnswered507_readersGoOn_andWritesSucceedOnceThereIsRoom() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 1024))
        try await TestHub.run(database: disk.file("hub.sqlite")) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(try await hub.write(70, at: hub.now, token: anna).status == 200)
            disk.fill()
            var stored: Int64 = 1
            var refused = try await hub.write(70, at: hub.now - stored, token: anna)
            // What the log has left takes a few.
            while refused.status == 200 {
                stored += 1
                refused = try await hub.write(70, at: hub.now - stored, token: anna)
            }
            #expect(refused.status == 507)
            #expect(refused.body == #"{"error_code":"507","error_message":"the hub's disk is full"}"#)
            #expect(try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna).status == 200)
            #expect(try await hub.store.readings.oldest(ofUser: 1, limit: 2000).count == Int(stored))
            disk.empty()
            // The same again, as an uploader does.
            #expect(try await hub.write(70, at: hub.now - stored, token: anna).status == 200)
            #expect(try await hub.store.readings.oldest(ofUser: 1, limit: 2000).count == Int(stored) + 1)
        }
    }

    /// SQLite says the same of a file system that the kernel has made read-only after an error; tmpfs cannot be made
    /// so while the hub has files open.
    @Test func file_whenReadOnly_isAnswered503_untilItIsNot() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(try await hub.write(70, at: hub.now, token: anna).status == 200)
            let engine = try #require(hub.store.database.engine as? SQLiteEngine)
            try await engine.writeDirectly { try $0.execute(sql: "PRAGMA query_only = ON") }
            let refused = try await hub.write(71, at: hub.now + 1, token: anna)
            #expect(refused.status == 503)
            #expect(refused.body == #"{"error_code":"503","error_message":"the hub's disk cannot be written"}"#)
            #expect(refused.headers.first(name: "retry-after") == "5")
            #expect(try await hub.send(.GET, "/healthz").status == 503)
            #expect(try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna).status == 200)
            try await engine.writeDirectly { try $0.execute(sql: "PRAGMA query_only = OFF") }
            #expect(try await hub.send(.GET, "/healthz").status == 200)
            #expect(try await hub.write(71, at: hub.now + 1, token: anna).status == 200)
        }
    }

    /// As after a restore beside a running hub, or when a mount has gone. Otherwise 200 would mean lost.
    @Test(arguments: ["", "-wal"], [true, false])
    func file_whenMovedOrReplaced_isAnswered503_untilItIsBack(suffix: String, isReplaced: Bool) async throws {
        let directory = TemporaryDirectory()
        let path = directory.file("hub.sqlite")
        try await TestHub.run(database: path) { [directory] hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(try await hub.write(70, at: hub.now, token: anna).status == 200)
            let aside = directory.file("aside")
            #expect(rename(path + suffix, aside) == 0)
            if isReplaced { try FileManager.default.copyItem(atPath: aside, toPath: path + suffix) }
            let refused = try await hub.write(71, at: hub.now + 1, token: anna)
            #expect(refused.status == 503)
            #expect(refused.body.contains("the hub's database was moved: the hub must be restarted"))
            #expect(refused.headers.first(name: "retry-after") == "5")
            #expect(try await hub.send(.GET, "/healthz").status == 503)
            await #expect { try await hub.store.accounts.addUser(named: "Ben") } throws: {
                ($0 as? HubStoreError)?.code == .vanished
            }
            #expect(try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna).status == 200)
            #expect(rename(aside, path + suffix) == 0)
            #expect(try await hub.send(.GET, "/healthz").status == 200)
            #expect(try await hub.write(71, at: hub.now + 1, token: anna).status == 200)
            #expect(try await hub.store.readings.oldest(ofUser: 1, limit: 10).map(\.heartRate) == [70, 71])
        }
    }

    @Test func file_whenDeleted_makesHealthzFail_withoutAWrite() async throws {
        let directory = TemporaryDirectory()
        try await TestHub.run(database: directory.file("hub.sqlite")) { [directory] hub in
            #expect(try await hub.send(.GET, "/healthz").status == 200)
            try FileManager.default.removeItem(atPath: directory.file("hub.sqlite"))
            #expect(try await hub.send(.GET, "/healthz").status == 503)
        }
    }

    @Test(.enabled(if: SmallDisk.isPermitted)) func disk_whenReadOnlyAtTheStart_isTold() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: 1024))
        let path = disk.file("hub.sqlite")
        try HubStore(path: path).close()
        try await disk.setReadOnly(true)
        #expect { try HubStore(path: path) } throws: { error in
            (error as? HubStoreError)?.code == .cannotOpen && "\(error)".contains("Read-only file system")
        }
    }
}
