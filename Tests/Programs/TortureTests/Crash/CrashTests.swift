import Outbox
import TestKit
import Testing
import Timing

/// `strapline run` killed (SIGKILL) at random moments and at every commit point, with services that fail at random.
@Suite(.timeLimit(.minutes(60)), .serialized)
struct CrashTests {
    /// A port without a server, where no other test can start one: below the ephemeral ports.
    private static let closedPort = 1

    @Test(arguments: Torture.seeds(of: "crash"))
    func kill_atAnyMoment_losesNothingThatWasReceived(seed: UInt64) async throws {
        let kills = Torture.size("KILLS", bounded: 12, full: 500)
        try await torture(CrashStage(seed: seed), seed: seed, kills: kills, named: "crash")
    }

    @Test(arguments: Torture.seeds(of: "crash-outputs"))
    func kill_withDeadOutputs_losesNothingThatWasReceived(seed: UInt64) async throws {
        let kills = Torture.size("OUTPUT_KILLS", bounded: 6, full: 100)
        let stage = try await CrashStage(seed: seed, outputs: DeadOutputs())
        try await torture(stage, seed: seed, kills: kills, named: "crash-outputs")
        let failures = stage.uploader.wholeLog.split(separator: "\n").filter { $0.contains("the output fails") }
        for name in DeadOutputs.failing { #expect(failures.contains { $0.contains("output=\(name)") }, "\(name)") }
        #expect(!failures.contains { $0.contains("output=working") }, "\(failures)")
    }

    private func torture(_ stage: CrashStage, seed: UInt64, kills: Int, named name: String) async throws {
        var random = SplitMix64(seed: seed)
        for life in 0..<kills {
            let plan = CrashPlan(life: life, of: kills, &random)
            stage.server.begin(life: life, fails: plan.serverFails)
            guard plan.hasServer else {
                try stage.configure(port: Self.closedPort)
                try await stage.live(plan)
                continue
            }
            try await StubServer.run(stage.server.serve) { server in
                try stage.configure(port: server.port)
                try await stage.live(plan)
            }
        }
        let lanes = CrashStage.lanes
        let readings = try await stage.readings()
        stage.server.begin(life: kills, fails: false)
        let before = stage.server.arrivals.all
        let missing = lanes.map { ($0, CrashOracle.missing(from: before, in: $0, of: readings[$0.strap] ?? [])) }
        try await StubServer.run(stage.server.serve) { server in
            try stage.configure(port: server.port)
            try await stage.deliver { arrivals in
                let new = arrivals.dropFirst(before.count)
                return missing.allSatisfy { lane, times in
                    times.isSubset(of: new.lazy.filter { $0.lane == lane }.flatMap(\.items).map(\.time))
                }
            }
        }
        var oracle = CrashOracle()
        for (strap, lives) in await stage.beats.lives {
            oracle.check(readings[strap] ?? [], of: strap, lives: lives)
        }
        for lane in lanes { oracle.check(stage.server.arrivals.all, in: lane, of: readings[lane.strap] ?? []) }
        #expect(oracle.problems.isEmpty, "seed \(seed)\n\(stage.uploader.log)")
        if !oracle.problems.isEmpty { Torture.keepSeed(seed, of: name) }
        publish(oracle, stage, TortureReport(name, seed: seed), kills: kills)
    }

    private func publish(_ oracle: CrashOracle, _ stage: CrashStage, _ report: TortureReport, kills: Int) {
        let answers = stage.server.answers.all
        var report = report
        report.add("durability", stage.durability.rawValue)
        report.add("kills", kills)
        report.add("readings received", oracle.received)
        report.add("lost with the kill", oracle.lostInFlight)
        report.add("requests", answers.count)
        report.add("of them failed", answers.count { $0 != .saved })
        report.add("repeated, answer lost", oracle.repeatedUnanswered)
        report.add("repeated, killed", oracle.repeatedAfterKill)
        report.add("overtaking within the window", oracle.overtaking)
        report.add("seconds parted", oracle.parted)
        report.add("problems", oracle.problems.count)
        report.publish()
    }
}
