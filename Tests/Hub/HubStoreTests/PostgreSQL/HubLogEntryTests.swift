import CardiogramAPI
import Postgres
import Testing

@testable import HubStore

/// The log that hubs share, without a server.
struct HubLogEntryTests {
    @Test func readings_keepTheirOrder() {
        let entry = HubLogEntry("r 7,1709312400000,75;3,1709312399000,120")
        #expect(
            entry
                == .stored([
                    StoredReading(userID: 7, measuredAtMilliseconds: 1_709_312_400_000, heartRate: 75),
                    StoredReading(userID: 3, measuredAtMilliseconds: 1_709_312_399_000, heartRate: 120),
                ]))
    }

    @Test(arguments: ["", "x", "r 1,2", "r 1,x,3", "directory"])
    func entry_ofALaterVersion_isSkipped(body: String) {
        #expect(HubLogEntry(body[...]) == nil)
    }

    /// A later version may add numbers to a reading.
    @Test func reading_withMoreNumbers_isRead() {
        #expect(
            HubLogEntry("r 1,2,3,1,0")
                == .stored([StoredReading(userID: 1, measuredAtMilliseconds: 2, heartRate: 3)]))
    }

    @Test func notification_hasItsNumber_andABodyIfItIsShort() {
        #expect(HubLogNotice(payload: "12 d") == HubLogNotice(payload: "12 d"))
        #expect(HubLogNotice(payload: "12 d")?.body == "d")
        #expect(HubLogNotice(payload: "12 r 1,2,3")?.body == "r 1,2,3")
        #expect(HubLogNotice(payload: "12")?.number == 12)
        #expect(HubLogNotice(payload: "12")?.body == nil)
        #expect(HubLogNotice(payload: "hello") == nil)
        #expect(HubLogNotice(payload: "") == nil)
    }

    @Test func handledEntries_acceptALateNumberOnce() {
        var handled = HandledEntries()
        for number in [1, 2, 4, 5] as [Int64] { handled.insert(number) }
        #expect(!handled.contains(3))
        #expect(handled.firstAwaited <= 3)
        handled.insert(3)
        #expect(handled.contains(3))
        #expect(handled.newest == 5)
    }

    @Test func handledEntries_stayFew_andKnowTheLastOnes() {
        var handled = HandledEntries()
        let last = 10 * HandledEntries.span
        let missing = last - HandledEntries.span / 2
        for number in 1...last where number != missing { handled.insert(number) }
        #expect(handled.firstAwaited == last - HandledEntries.span + 1)
        #expect(!handled.contains(missing) && !handled.contains(1))
        #expect((handled.firstAwaited...last).allSatisfy { $0 == missing || handled.contains($0) })
    }

    @Test func writes_areInTheOrderOfKeys_andTheFirstHeartRateStays() {
        func reading(_ user: Int64, _ moment: Int64, _ heartRate: Int) -> PendingWrite.Content {
            .reading(StoredReading(userID: user, measuredAtMilliseconds: moment, heartRate: heartRate))
        }
        let writes = PostgresWrites([
            reading(2, 10, 70), reading(1, 30, 71), reading(1, 20, 72), reading(2, 10, 73),
            .beats([Beat(start: 5, end: 6, value: 60), Beat(start: 4, end: 5, value: 61)], userID: 2),
            .beats([Beat(start: 9, end: 9, value: 62)], userID: 1),
        ])
        #expect(writes.report.readings == 4)
        #expect(writes.report.beats == 3)
        let values = writes.values
        #expect(values[0] == .int8Array([1, 1, 2]))
        #expect(values[1] == .int8Array([20, 30, 10]))
        #expect(values[2] == .int4Array([72, 71, 70]))
        // Streams get them in the order of arrival.
        #expect(values[3] == .int8Array([2, 1, 0]))
        #expect(values[4] == .int8Array([1, 2, 2]))
        #expect(values[5] == .int8Array([9, 4, 5]))
        #expect(values[14] == .int8(6))
    }

    @Test func parameter_hasPostgreSQLsSign() {
        #expect(PostgresSession.numbered("SELECT ?1, ?2 WHERE a = ?1") == "SELECT $1, $2 WHERE a = $1")
    }
}
