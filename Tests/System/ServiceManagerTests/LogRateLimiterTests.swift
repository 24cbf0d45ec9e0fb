import Logging
import TestKit
import Testing
import Timing

@testable import ServiceManager

@Suite(.timeLimit(.minutes(10))) struct LogRateLimiterTests {
    private let lines = Recorder<String>()
    private let time = ManualTime()

    private func logger(_ limiter: LogRateLimiter, level: Logger.Level = .info) -> Logger {
        var logger = Logger(label: "strapline") { [lines] label in
            RateLimitedLogHandler(JournalLogHandler(label: label) { lines.append($0) }, limiter: limiter)
        }
        logger.logLevel = level
        return logger
    }

    @Test func log_ofAStateThatChangesEverySecond_isABurstThenOneLineAMinuteWithACount() {
        let limiter = LogRateLimiter(.allLines, time: time)
        let logger = logger(limiter)
        for second in 0..<182 {
            logger.info(
                "strap", metadata: ["state": second.isMultiple(of: 2) ? "live" : "no contact", "strap": "anna"])
            time.advance(milliseconds: 1_000)
        }
        #expect(
            lines.all == [
                "<6>strapline: strap: state=live strap=anna\n",
                "<6>strapline: strap: state=no contact strap=anna\n",
                "<6>strapline: strap: state=live strap=anna\n",
                "<6>strapline: strap: count=60 state=live strap=anna\n",
                "<6>strapline: strap: count=60 state=live strap=anna\n",
            ])
        limiter.flush()
        #expect(lines.all.last == "<6>strapline: strap: count=59 state=no contact strap=anna\n")
    }

    @Test(arguments: ["strap", "output", "destination"])
    func log_ofTwoOfAKind_limitsEachByItself(_ key: String) {
        let logger = logger(LogRateLimiter(.allLines, time: time))
        for _ in 0..<20 {
            logger.info("news", metadata: [key: "anna"])
            logger.info("news", metadata: [key: "ben"])
        }
        #expect(lines.all.count == 6)
    }

    @Test func log_ofMessagesWithOneSubject_limitsThemTogetherAndHidesTheSubject() {
        let limiter = LogRateLimiter(.allLines, time: time)
        let logger = logger(limiter)
        for _ in 0..<10 {
            logger.warning("deliveries fail", metadata: ["subject": "deliveries"])
            logger.info("deliveries go through again", metadata: ["subject": "deliveries"])
        }
        #expect(lines.all.count == 3)
        limiter.flush()
        #expect(lines.all.last == "<6>strapline: deliveries go through again: count=17\n")
    }

    @Test func log_whenTheLevelIsDebug_holdsNothingBack() {
        let logger = logger(LogRateLimiter(.allLines, time: time), level: .debug)
        for _ in 0..<10 { logger.info("strap") }
        #expect(lines.all.count == 10)
    }

    @Test func log_whenOnlySubjectsAreLimited_keepsEveryRecord() {
        let logger = logger(LogRateLimiter(.linesWithSubject, time: time))
        for _ in 0..<10 { logger.notice("wrong token", metadata: ["address": "192.0.2.1"]) }
        for _ in 0..<10 { logger.error("the database failed", metadata: ["subject": "database"]) }
        #expect(lines.all.count == 13)
    }

    @Test func run_whenTheMinuteIsOver_printsWhatWasHeldBack() async {
        let clock = ManualClock()
        let limiter = LogRateLimiter(.allLines, time: time)
        let logger = logger(limiter)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await limiter.run(clock: clock) }
            for state in ["a", "b", "c", "d"] { logger.info("strap", metadata: ["state": "\(state)"]) }
            #expect(lines.all.count == 3)
            await clock.untilSleeping()
            time.advance(milliseconds: 60_000)
            clock.advance(by: .seconds(60))
            await lines.until { $0.count == 4 }
            #expect(lines.all.last == "<6>strapline: strap: state=d\n")
            group.cancelAll()
        }
    }

    @Test func log_ofThousandsOfSubjects_forgetsThoseThatAreQuiet() {
        let logger = logger(LogRateLimiter(.allLines, time: time))
        for number in 0..<5000 {
            logger.info("strap", metadata: ["strap": "\(number)"])
            time.advance(milliseconds: 1_000)
        }
        #expect(lines.all.count == 5000)
    }
}
