import TestKit
import Testing

/// A whole day in minutes: outages, a token that changes, a machine that restarts.
@Suite(.timeLimit(.minutes(60)))
struct DayTests {
    /// The most readings that a lane holds in memory, and may repeat after a kill: one reading per request and eight in
    /// flight, or five hundred and two.
    private static let pulsoidWindow = 17
    private static let cardiogramWindow = 2500

    @Test(arguments: Torture.seeds(of: "day"))
    func day_withOutagesATokenChangeAndAReboot_bringsEveryReadingInOrder(seed: UInt64) async throws {
        let plan = DayPlan(seconds: Torture.size("SECONDS", bounded: 3600, full: 86_400), seed: seed)
        let server = DayServer(seconds: plan.seconds)
        let samples = Recorder<Int>()
        let writtenBefore = ProcessFigures.writtenBytes()
        let begin = ContinuousClock.now
        try await StubServer.run(server.serve) { stub in
            try await Day(plan, server: server, address: stub.url).run {
                samples.append(ProcessFigures.residentKibibytes())
            }
        }
        let elapsed = begin.duration(to: .now)
        let end = server.state.value
        let isWell =
            end.pulsoid.arrived == plan.seconds && end.cardiogram.arrived == plan.seconds
            && end.pulsoid.wrong == 0 && end.cardiogram.wrong == 0
            && end.pulsoid.furthestAhead < Self.pulsoidWindow && end.pulsoid.repeated < Self.pulsoidWindow
            && end.cardiogram.furthestAhead < Self.cardiogramWindow
            && end.cardiogram.repeated < Self.cardiogramWindow
        #expect(isWell, "seed \(seed): \(end.pulsoid.summary); \(end.cardiogram.summary)")
        if !isWell { Torture.keepSeed(seed, of: "day") }
        let resident = samples.all
        var report = TortureReport("day", seed: seed)
        report.add("readings", plan.seconds)
        report.add("seconds away", plan.outages.reduce(0) { $0 + $1.seconds.count })
        report.add("requests", end.requests)
        report.add("of them failed", end.requestsFailed)
        report.add("repeated", end.pulsoid.repeated + end.cardiogram.repeated)
        report.add("overtaking, Pulsoid", end.pulsoid.overtaking)
        report.add("overtaking, Cardiogram", end.cardiogram.overtaking)
        for quarter in 0...4 where !resident.isEmpty {
            let name = quarter == 0 ? "resident at the start" : "after \(quarter)/4"
            report.add(name, kibibytes: resident[quarter * (resident.count - 1) / 4])
        }
        report.add("written to the disk", kibibytes: (ProcessFigures.writtenBytes() - writtenBefore) / 1024)
        report.add("took", "\(elapsed.components.seconds) s")
        report.publish()
    }
}

extension DayLedger {
    fileprivate var summary: String {
        "\(arrived) arrived, \(wrong) wrong, \(repeated) repeated, \(furthestAhead) ahead at the most"
    }
}
