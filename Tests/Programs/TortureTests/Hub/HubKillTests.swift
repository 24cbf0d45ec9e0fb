import CardiogramAPI
import PulsoidAPI
import Subprocess
import TestKit
import Testing
import Timing
import WebClient

/// `strapline-hub` killed (SIGKILL) under the load of many writers, at random moments and at every commit point.
@Suite(.timeLimit(.minutes(30)), .serialized)
struct HubKillTests {
    private static let writers: Int64 = 8
    /// The number of changes of the database's files in the sweep: a start and some ten commits.
    private static let sweptChanges = 60
    /// Answers after which a life always ends: the shim may wait for more changes than happen.
    private static let mostAnswers = 400
    /// A time in the past, so that the hub accepts every reading.
    private static let firstMoment: Int64 = 1_600_000_000_000

    @Test(arguments: Torture.seeds(of: "hub-kill"))
    func hub_whenKilledUnderLoad_hasKeptEveryWriteThatItAnswered(seed: UInt64) async throws {
        let kills = Torture.size("HUB_KILLS", bounded: 8, full: 100)
        let hub = HubProcess()
        let token = try await hub.setUp()
        let shim = try await OutboxShim()
        let ledger = HubLedger()
        let client = WebClient()
        var random = SplitMix64(seed: seed)
        for life in 0..<kills {
            var environment: [Environment.Key: String?] = [:]
            var answers = Self.mostAnswers
            if life.isMultiple(of: 2) {
                let change = 1 + life * Self.sweptChanges / kills
                environment = shim.killing(
                    Bool.random(using: &random) ? .before : .after, change: change, of: hub.database)
            } else {
                answers = Int.random(in: 1...200, using: &random)
            }
            let last = ledger.answered.all.count + answers
            try await hub.whileRunning(environment) { running in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<Self.writers {
                        let lane = Int64(life) * Self.writers + writer
                        group.addTask { try await Self.write(lane, running.port, token, client, ledger) }
                    }
                    group.addTask {
                        await ledger.answered.until { $0.count >= last }
                        running.sendIfRunning(.kill)
                    }
                    // The writers end with the hub, so the killer may have waited for nothing.
                    for _ in 0..<Self.writers { try await group.next() }
                    group.cancelAll()
                }
            }
        }
        let problems = try await ledger.problems(in: hub.database)
        #expect(problems.isEmpty, "seed \(seed)")
        if !problems.isEmpty { Torture.keepSeed(seed, of: "hub-kill") }
        var report = TortureReport("hub-kill", seed: seed)
        report.add("kills", kills)
        report.add("answered", ledger.answered.all.count)
        report.add("lost", problems.count)
        report.publish()
    }

    /// Writes one after the other, each fifth time a batch, until the hub is gone. Unanswered writes do not count.
    private static func write(
        _ lane: Int64, _ port: Int, _ token: String, _ client: WebClient, _ ledger: HubLedger
    ) async throws {
        let service = try ServiceAddress("http://127.0.0.1:\(port)")
        let data = try RequestTemplate(.post, service, path: PulsoidPath.data)
        let beats = try RequestTemplate(.post, service, path: CardiogramPath.beats(userID: "1"))
        let headers = [("Authorization", "Bearer \(token)")]
        for index in 0..<Int64(mostAnswers) {
            let number = lane * 1000 + index
            let write: HubLedger.Write =
                index % 5 == 4
                ? .beats(start: firstMoment / 1000 + number * HubLedger.beatsPerBatch, count: HubLedger.beatsPerBatch)
                : .reading(measuredAt: firstMoment + number)
            let endpoint = if case .beats = write { beats } else { data }
            guard let response = try? await client.send(to: endpoint, headers: headers, body: body(of: write)),
                response.status == 200
            else { return }
            ledger.answered.append(write)
        }
    }

    private static func body(of write: HubLedger.Write) -> String {
        switch write {
        case .reading(let moment):
            return HeartRateMessage(measuredAtMilliseconds: moment, heartRate: HubLedger.rate(at: moment)).text()
        case .beats(let start, let count):
            let beats = (start..<start + count).map { second in
                #"{"start":\#(second),"end":\#(second),"value":\#(HubLedger.rate(at: second))}"#
            }
            return #"{"beats":[\#(beats.joined(separator: ","))]}"#
        }
    }
}
