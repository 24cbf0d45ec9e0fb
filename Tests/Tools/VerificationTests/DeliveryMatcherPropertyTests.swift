import Outbox
import TestKit
import Testing
import Timing

@testable import Verification

/// Whatever happens in whatever order, the verdicts are what an onlooker who knows everything would say.
@Suite struct DeliveryMatcherPropertyTests {
    /// What the onlooker knows of a reading.
    private struct Truth {
        var wasShown = false
        /// Whether the stream was open when it was acknowledged, and heard again after the grace.
        var wasLive = true
        var isLost = false
    }

    @Test(arguments: 1...200) func anything_isJudgedAsItWas(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let asksHistory = Bool.random(using: &random)
        var bench = MatcherBench(
            members: [MatcherBench.anna: "A"], lanes: [MatcherBench.anna], asksHistory: asksHistory)
        var truth: [Int64: Truth] = [:]
        var isOpen = true
        var heardAt: Int64 = 0
        bench.open()
        for id in Int64(1)...60 {
            bench.now += 200
            var reading = Truth(wasLive: isOpen)
            // A service that loses one of ten, and a stream that is away now and then.
            reading.isLost = Int.random(in: 0..<10, using: &random) == 0
            reading.wasShown = isOpen && !reading.isLost
            let isShownFirst = Bool.random(using: &random)
            if reading.wasShown { heardAt = bench.now }
            if reading.wasShown && isShownFirst { bench.see(id) }
            bench.acknowledge(id)
            if reading.wasShown && !isShownFirst { bench.see(id) }
            truth[id] = reading
            if Int.random(in: 0..<12, using: &random) == 0 {
                isOpen.toggle()
                if isOpen {
                    heardAt = bench.now
                    bench.open()
                } else {
                    // An acknowledgement less than the grace before the last answer is excused, too.
                    for young in truth.keys where young * 200 + MatcherBench.graceMilliseconds > heardAt {
                        truth[young]?.wasLive = false
                    }
                    bench.close()
                }
            }
            if Int.random(in: 0..<5, using: &random) == 0 { bench.pass(0) }
            if asksHistory && Int.random(in: 0..<9, using: &random) == 0 { answer(&bench, truth) }
        }
        bench.matcher.end()
        answer(&bench, truth, all: true)
        bench.end()
        check(bench, truth, asksHistory, seed)
    }

    private func answer(_ bench: inout MatcherBench, _ truth: [Int64: Truth], all: Bool = false) {
        for reading in bench.matcher.questions(at: bench.now, all: all) {
            bench.matcher.answered(reading, isKept: truth[reading.id]?.isLost == false)
        }
    }

    private func check(_ bench: MatcherBench, _ truth: [Int64: Truth], _ asksHistory: Bool, _ seed: UInt64) {
        var missing = 0
        for (id, reading) in truth {
            let verdict = bench.verdict(id)
            let expected: Verdict =
                if reading.wasShown {
                    .seen(latencyMilliseconds: id * 200 - id * 1_000, isOutOfOrder: false)
                } else if asksHistory {
                    reading.isLost ? .missing(.notKept) : .kept
                } else {
                    reading.wasLive ? .missing(.notShown) : .unprovable(.streamAway)
                }
            if case .missing = expected { missing += 1 }
            #expect(verdict == expected, "reading \(id) of seed \(seed)")
        }
        let tally = bench.tally()
        #expect(tally.sent == truth.count && tally.missing == missing, "seed \(seed)")
        #expect(tally.extra == 0 && tally.repeated == 0, "seed \(seed)")
        #expect(bench.matcher.pendingReadings.isEmpty, "nothing is left open")
    }
}
