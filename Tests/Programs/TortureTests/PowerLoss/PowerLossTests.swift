import Outbox
import TestKit
import Testing
import Timing

/// Power cuts at random moments of a recorded run, on a disk that is certain to keep only synced data.
@Suite(.timeLimit(.minutes(30)), .serialized)
struct PowerLossTests {
    @Test(arguments: Torture.seeds(of: "power-loss"))
    func powerCut_atAnyMoment_losesNothingThatWasAppended(seed: UInt64) async throws {
        let recording = try await HelperRecording(
            .powerLoss, appends: Torture.size("APPENDS", bounded: 300, full: 3000), shim: OutboxShim())
        try await cutPower(recording, seed: seed, report: "power-loss")
    }

    /// Readings that were appended before the last sync are there. The age of the oldest lost reading is reported.
    @Test(arguments: Torture.seeds(of: "process-crash"))
    func powerCut_withProcessCrash_losesOnlyWhatCameAfterTheLastSync(seed: UInt64) async throws {
        let recording = try await HelperRecording(
            .processCrash, appends: Torture.size("APPENDS", bounded: 300, full: 3000), syncMilliseconds: 50,
            shim: OutboxShim())
        try await cutPower(recording, seed: seed, report: "process-crash")
    }

    /// Each append syncs the log once, and the move of the cursor adds no sync. Besides, only checkpoints sync, when
    /// the log has a thousand pages: the file once, the log before it and at its new start.
    @Test func append_withPowerLoss_syncsTheLogOnce() async throws {
        let recording = try await HelperRecording(.powerLoss, appends: 600, shim: OutboxShim()).recording
        // Up to each line that reports an append.
        var logSyncs = [0]
        var checkpoints = 0
        for (event, _) in recording.events {
            switch event {
            case .synced(.log): logSyncs[logSyncs.count - 1] += 1
            case .synced(.main) where logSyncs.count > 1: checkpoints += 1
            case .said(let line):
                if case .appended = HelperRecording.Told(line) { logSyncs.append(0) }
            default: break
            }
        }
        // The first has the syncs of the opening, the last those of the closing.
        let between = logSyncs.dropFirst().dropLast()
        #expect(between.count == 599)
        #expect(between.allSatisfy { $0 >= 1 })
        #expect(checkpoints >= 1, "600 appends fill the log more than once")
        #expect(between.reduce(0) { $0 + $1 - 1 } <= 2 * checkpoints)
    }

    private func cutPower(_ made: HelperRecording, seed: UInt64, report name: String) async throws {
        var random = SplitMix64(seed: seed)
        let events = made.recording.events
        let count = Torture.size("CUTS", bounded: 20, full: 200)
        let points = (0..<count).map { _ in Int.random(in: 0...events.count, using: &random) }.sorted()
        var disk = VolatileDisk()
        var ledger = AppendLedger(durability: made.durability)
        var taken = 0
        var failures = 0
        var mostLost: Int64 = 0
        for point in points {
            for (event, nanoseconds) in events[taken..<point] {
                disk.take(event)
                ledger.take(event, nanoseconds: nanoseconds)
            }
            taken = point
            let files = disk.afterPowerCut(&random)
            let found = try await ledger.powerCut.problems(with: files, durability: made.durability)
            mostLost = max(mostLost, found.lost)
            if !found.problems.isEmpty { failures += 1 }
            #expect(found.problems.isEmpty, "seed \(seed), power cut after event \(point)")
        }
        if failures > 0 { Torture.keepSeed(seed, of: name) }
        for (event, nanoseconds) in events[taken...] { ledger.take(event, nanoseconds: nanoseconds) }
        publish(ledger, name, seed, count, failures, mostLost)
    }

    private func publish(
        _ ledger: AppendLedger, _ name: String, _ seed: UInt64, _ cuts: Int, _ failures: Int, _ mostLost: Int64
    ) {
        var report = TortureReport(name, seed: seed)
        report.add("power cuts", cuts)
        report.add("appends", ledger.powerCut.newestTold)
        report.add("syncs of the log", ledger.logSyncs)
        report.add("of the file", ledger.mainSyncs)
        report.add("bytes written", ledger.bytesWritten)
        report.add("most readings lost", mostLost)
        report.add("longest without a sync", "\(ledger.longestUnsyncedNanoseconds / 1_000_000) ms")
        report.add("failures", failures)
        report.publish()
    }
}
