import LocalMetrics
import NIOHTTP1
import Outbox
import ServiceManager
import TestKit
import Testing
import UploaderStatus

@testable import Uploader

@Suite(.timeLimit(.minutes(10))) struct HealthCheckTests {
    private let clock = ManualClock()
    private let healthy = StatusReport(isRunning: true, outbox: OutboxReport(path: "/outbox"))

    @Test func check_whenAllAnswer_findsNothing() async {
        let check = HealthCheck(parts: [.init(name: "outbox") {}], clock: clock)
        let problems = await check.problems { [healthy] in healthy }
        #expect(problems.isEmpty)
        #expect(MetricsAnswer.health([]).status == .ok)
    }

    @Test func check_whenTheOutboxCannotBeWritten_saysWhy() async {
        var report = healthy
        report.outbox.cannotWrite = "disk full"
        let check = HealthCheck(parts: [], clock: clock)
        let problems = await check.problems { [report] in report }
        #expect(problems == ["the outbox cannot be written: disk full"])
        #expect(MetricsAnswer.health(problems).status == .serviceUnavailable)
    }

    @Test func check_whenAPartHangs_namesIt() async {
        let never = Watched(false)
        let check = HealthCheck(parts: [.init(name: "outbox") { await never.until { $0 } }], clock: clock)
        async let problems = check.problems { [healthy] in healthy }
        await clock.waitOut(HealthCheck.patience)
        #expect(await problems == ["the outbox does not answer"])
    }
}
