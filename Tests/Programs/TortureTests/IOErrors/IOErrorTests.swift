import FoundationEssentials
import Outbox
import ProcessHarness
import Subprocess
import TestKit
import Testing

/// `strapline run` on a card that answers writes and syncs with I/O errors, several times.
@Suite(.timeLimit(.minutes(30)))
struct IOErrorTests {
    /// Readings of each strap while the card is broken.
    private static let measurements = 40

    @Test func run_onADiskWithIOErrors_deliversLive_andTheOutboxHasAllOnceItWorks() async throws {
        let outages = Torture.size("IO_ERRORS", bounded: 2, full: 30)
        // An even seed means power-loss, with which each reading reaches the card.
        let stage = try await CrashStage(seed: 2)
        let sign = stage.uploader.directory.file("broken")
        let environment = stage.shim.failing(while: sign, of: stage.uploader.outbox)
        stage.server.begin(life: 0, fails: false)
        try await StubServer.run(stage.server.serve) { server in
            try stage.configure(port: server.port)
            try await stage.beats.beginLife()
            try await stage.uploader.whileRunning(environment) { running in
                for _ in 0..<outages {
                    try await stage.beats.beat(5)
                    try Data().write(to: URL(filePath: sign))
                    try await stage.beats.beat(Self.measurements)
                    await stage.untilPulsoidHasAll()
                    try FileManager.default.removeItem(atPath: sign)
                    try await stage.untilOutboxHasAll()
                }
                running.sendIfRunning(.terminate)
            }
            await stage.beats.endLife()
        }
        try await check(stage, outages: outages)
    }

    private func check(_ stage: CrashStage, outages: Int) async throws {
        let readings = try await stage.readings()
        var oracle = CrashOracle()
        for (strap, lives) in await stage.beats.lives { oracle.check(readings[strap] ?? [], of: strap, lives: lives) }
        for lane in CrashStage.lanes {
            oracle.check(stage.server.arrivals.all, in: lane, of: readings[lane.strap] ?? [])
        }
        #expect(oracle.problems.isEmpty, "\(stage.uploader.log)")
        #expect(oracle.lostInFlight == 0)
        let reported = stage.uploader.log.matches(of: /readings wait in memory/).count
        #expect(reported > 0 && reported <= outages, "each outage is reported at most once")
        var report = TortureReport("io-errors")
        report.add("outages", outages)
        report.add("readings received", oracle.received)
        report.add("requests", stage.server.answers.all.count)
        report.add("lost", oracle.lostInFlight)
        report.add("problems", oracle.problems.count)
        report.publish()
    }
}

extension CrashStage {
    /// Live delivery needs no disk.
    fileprivate func untilPulsoidHasAll() async {
        let sent = await beats.total
        await server.arrivals.until { $0.count { $0.lane.destination == "pulsoid" } >= sent }
    }

    /// Lets the straps measure until the file has all readings.
    fileprivate func untilOutboxHasAll() async throws {
        let reader = try OutboxReader(path: uploader.outbox)
        while try await reader.statistics().received < Int64(beats.total) { try await beats.beat(1) }
    }
}
