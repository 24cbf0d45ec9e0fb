import GRDB
import HeartRate
import Outbox
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct DeviceTests {
    private let fixture = OutboxFixture()
    private let polar = StrapDevice(manufacturer: "Polar", model: "H10", serialNumber: "77", firmware: "3.1.1")

    private func device(through id: Int64 = .max) async throws -> StrapDevice? {
        try await OutboxReader(path: fixture.path).device(of: "chest", through: id)
    }

    private func count() throws -> Int? {
        let queue = try DatabaseQueue(path: fixture.path)
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM device") }
    }

    @Test func device_isKnownFromItsNextReadingOn() async throws {
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(60))
        outbox.keep(polar, of: "chest")
        try await outbox.append(fixture.reading(61))
        outbox.keep(StrapDevice(model: "H9"), of: "chest")
        try await outbox.append(fixture.reading(62))
        #expect(try await device(through: 1) == nil)
        #expect(try await device(through: 2) == polar)
        #expect(try await device() == StrapDevice(model: "H9"))
        #expect(try await OutboxReader(path: fixture.path).device(of: "arm") == nil)
        try await outbox.close()
    }

    @Test func device_thatSaysTheSameAgain_isKeptOnce() async throws {
        for _ in 0..<3 {
            let outbox = try fixture.open()
            outbox.keep(polar, of: "chest")
            try await outbox.append(fixture.reading(60))
            try await outbox.close()
        }
        #expect(try count() == 1)
        #expect(try await device(through: 1) == polar)
    }

    @Test func detailsOfOneConnection_areOneDevice() async throws {
        let outbox = try fixture.open()
        var partial = StrapDevice(manufacturer: "Polar")
        outbox.keep(partial, of: "chest")
        partial.model = "H10"
        outbox.keep(partial, of: "chest")
        outbox.keep(polar, of: "chest")
        try await outbox.close()
        #expect(try count() == 1)
        #expect(try await device() == polar)
    }

    @Test func file_ofAnOlderUploader_hasNoDevice() async throws {
        try await fixture.open().close()
        let old = try DatabaseQueue(path: fixture.path)
        try await old.write {
            try $0.execute(sql: "DROP TABLE device; DELETE FROM grdb_migrations WHERE identifier = '4'")
        }
        try old.close()
        #expect(try await device() == nil)
        let outbox = try fixture.open()
        outbox.keep(polar, of: "chest")
        try await outbox.close()
        #expect(try await device() == polar)
    }
}

@Suite(.timeLimit(.minutes(10))) struct WornReadingTests {
    private let fixture = OutboxFixture()

    @Test func heartRates_areRead_inBothDirections_aPageAtATime() async throws {
        let outbox = try fixture.open()
        let readings = (0..<4_321).map {
            fixture.reading(
                UInt16($0 % 5 == 0 ? 0 : 60), strap: $0 % 2 == 0 ? "chest" : "arm",
                contact: $0 % 3 == 0 ? .notDetected : .detected)
        }
        try await outbox.append(readings)
        let expected = readings.enumerated().filter { $0.element.heartRate != nil }.map { Int64($0.offset) + 1 }
        let reader = try OutboxReader(path: fixture.path)
        var forwards: [WornReading] = []
        var position: Int64 = 0
        while let page = try await reader.wornReadings(after: position) {
            forwards += page.readings
            position = page.examined.upperBound
        }
        #expect(forwards.map(\.id) == expected)
        var backwards: [WornReading] = []
        position = .max
        while let page = try await reader.wornReadings(before: position) {
            backwards = page.readings + backwards
            position = page.examined.lowerBound
        }
        #expect(backwards == forwards)
        #expect(Set(forwards.map(\.boot)).count == 1 && forwards.allSatisfy { $0.isClockTrusted })
        #expect(try await reader.boots().map(\.name) == ["boot-1"])
        #expect(try await reader.missing([0, 1, 4_321, 4_322]) == [0, 4_322])
        try await outbox.close()
    }

    @Test func emptyOutbox_hasNone() async throws {
        let outbox = try fixture.open()
        let reader = try OutboxReader(path: fixture.path)
        #expect(try await reader.wornReadings(after: 0) == nil)
        #expect(try await reader.wornReadings(after: .max) == nil)
        #expect(try await reader.wornReadings(before: .max) == nil)
        try await outbox.close()
    }
}
