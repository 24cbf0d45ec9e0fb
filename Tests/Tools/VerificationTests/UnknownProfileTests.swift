import Outbox
import Testing

@testable import Verification

/// Lanes whose profile is not known at the start, because the service was away.
@Suite(.timeLimit(.minutes(10))) struct UnknownProfileTests {
    /// The service was away when `verify` began: the history of the token's own user lacks the readings.
    @Test func history_ofALaneWhoseProfileIsUnknown_isAskedOnceItIsKnown() {
        var bench = MatcherBench(members: [:], asksHistory: true)
        bench.open()
        bench.close()
        bench.acknowledge(1)
        bench.pass(6_000)
        #expect(bench.matcher.questions(at: bench.now).isEmpty)
        #expect(bench.verdict(1) == nil)
        bench.open()
        bench.acknowledge(2, 3)
        bench.see(2)
        #expect(bench.matcher.questions(at: bench.now).map(\.id) == [1])
        var other = MatcherBench(members: [:], asksHistory: true)
        other.open()
        other.acknowledge(1)
        other.pass(6_000)
        other.see(7, as: "B")
        other.pass(1)
        #expect(other.verdict(1) == .missing(.notShown), "the stream was open, and this strap is in no view")
    }

    /// Ben's reading of the same moment and rate comes first.
    @Test func lane_whoseProfileTheServiceReports_isNotTakenForAnother() {
        var bench = MatcherBench(members: [:], asksHistory: true)
        bench.open()
        #expect(!bench.matcher.knowsMembers)
        #expect(bench.matcher.learn([MatcherBench.anna: "A", MatcherBench.ben: "B"]).isEmpty)
        #expect(bench.matcher.knowsMembers)
        bench.see(1, as: "B")
        bench.acknowledge(1)
        #expect(bench.matcher.members == [MatcherBench.anna: "A", MatcherBench.ben: "B"])
        #expect(!bench.isSeen(1))
        bench.see(1)
        #expect(bench.isSeen(1))
        var late = MatcherBench(members: [MatcherBench.ben: "B"])
        late.open()
        late.acknowledge(1)
        #expect(late.matcher.learn([MatcherBench.ben: "C"]).isEmpty && late.matcher.members[MatcherBench.ben] == "B")
        #expect(late.matcher.learn([:]).isEmpty && !late.matcher.knowsMembers)
    }
}
