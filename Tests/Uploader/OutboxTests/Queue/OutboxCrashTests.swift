import GRDB
import Outbox
import TestKit
import Testing
import Timing

@Suite(.timeLimit(.minutes(5)))
struct OutboxCrashTests {
    let fixture = OutboxFixture()

    /// The kills and the events before them are the same for the same seed, as far as the scheduler allows.
    @Test(arguments: ["power-loss", "process-crash"], [1, 2])
    func kill_atAnyMoment_losesNothingThatWasReported(durability: String, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var helper = CrashHelper(path: fixture.path, durability: durability, straps: ["a", "b", "c"])
        var reported = CrashHelper.Report()
        for _ in 0..<12 {
            helper.firstNumber += 1_000_000
            let report = try await helper.runAndKill(afterLines: Int.random(in: 1...300, using: &random))
            reported.appended += report.appended
            reported.acknowledged = max(reported.acknowledged, report.acknowledged)
        }
        let lane = Lane(strap: "a", destination: "pulsoid")
        let lanes = [lane] + ["b", "c"].map { Lane(strap: $0, destination: "pulsoid") }
        let outbox = try fixture.open(lanes: lanes)
        #expect(try await outbox.cursor(of: lane) >= reported.acknowledged)
        #expect(reported.appended.count > 12)
        for strap in helper.straps {
            let kept = try await outbox.entries(
                of: Lane(strap: strap, destination: "pulsoid"), after: 0, limit: 1_000_000, waits: false
            ).entries
            let numbers = kept.map(\.reading.measuredAtMilliseconds)
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy(<), "in the order of the appends")
            let byID = Dictionary(uniqueKeysWithValues: kept.map { ($0.id, $0.reading.measuredAtMilliseconds) })
            let missing = reported.appended.filter { $0.strap == strap && byID[$0.id] != $0.number }
            #expect(missing.isEmpty)
        }
        try await outbox.close()
        let check = try await DatabaseQueue(path: fixture.path).read {
            try String.fetchAll($0, sql: "PRAGMA integrity_check")
        }
        #expect(check == ["ok"])
    }
}
