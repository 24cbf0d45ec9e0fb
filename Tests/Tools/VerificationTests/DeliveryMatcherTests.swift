import Outbox
import Testing

@testable import Verification

@Suite struct DeliveryMatcherTests {
    private let anna = MatcherBench.anna
    private let ben = MatcherBench.ben

    // MARK: The stream is open

    @Test(arguments: [true, false]) func reading_shownBeforeOrAfterItsAcknowledgement_isSeen(isShownFirst: Bool) {
        var bench = MatcherBench()
        bench.open()
        bench.now = 1_043
        if isShownFirst { bench.see(1) }
        bench.acknowledge(1)
        if !isShownFirst { bench.see(1) }
        #expect(bench.verdict(1) == .seen(latencyMilliseconds: 43, isOutOfOrder: false))
        bench.end()
        #expect(bench.tally().sent == 1 && bench.tally().seen == 1 && bench.tally().missing == 0)
    }

    @Test func reading_thatTheOpenStreamDoesNotShow_isMissing_onceTheStreamWasHeardAgain() {
        var bench = MatcherBench()
        bench.open()
        bench.acknowledge(1)
        bench.pass(60_000)
        #expect(bench.verdict(1) == nil, "the link may be dead")
        bench.acknowledge(2)
        bench.see(2)
        bench.pass(1)
        #expect(bench.verdict(1) == .missing(.notShown))
        #expect(bench.isSeen(2))
        bench.end()
        #expect(bench.tally().sent == 2 && bench.tally().missing == 1)
    }

    @Test func reading_thatIsNotShownByTheEnd_isMissing() {
        var bench = MatcherBench()
        bench.open()
        bench.acknowledge(1)
        bench.end()
        #expect(bench.verdict(1) == .missing(.notShown))
    }

    @Test func reading_ofAnotherRateOrTime_doesNotMatch() {
        var bench = MatcherBench()
        bench.open()
        bench.see(101)
        bench.acknowledge(1)
        bench.end()
        #expect(bench.verdict(1) == .missing(.notShown), "the same rate, 100 seconds later")
        #expect(bench.tally().extra == 1)
    }

    @Test func sight_shownTwice_isARepetition_andNoExtra() {
        var bench = MatcherBench()
        bench.open()
        bench.see(1, 1)
        bench.acknowledge(1)
        bench.see(1)
        bench.end()
        #expect(bench.tally().seen == 1 && bench.tally().repeated == 2 && bench.tally().extra == 0)
    }

    @Test func sights_thatGoBackInTime_areOutOfOrder() {
        var bench = MatcherBench()
        bench.open()
        bench.see(1, 3, 2, 4)
        bench.acknowledge(1, 2, 3, 4)
        #expect(bench.tally().outOfOrder == 1)
        guard case .seen(_, isOutOfOrder: true) = bench.verdict(2) else {
            Issue.record("\(String(describing: bench.verdict(2)))")
            return
        }
    }

    @Test func readings_ofTwoStrapsInTheSameMillisecond_areTheirOwn() {
        var bench = MatcherBench()
        bench.open()
        bench.acknowledge(1)
        bench.acknowledge(1, of: ben)
        bench.see(1, as: "B")
        bench.end()
        #expect(bench.verdict(1) == .missing(.notShown))
        #expect(bench.isSeen(1, of: ben))
        #expect(bench.tally(ben).missing == 0)
    }

    @Test func readings_ofOneUserThatSayTheSame_areSeenTogether_forNobodyCanTellThem() {
        var bench = MatcherBench(members: [anna: "A", ben: "A"])
        bench.open()
        bench.acknowledge(1)
        bench.see(1)
        bench.acknowledge(1, of: ben)
        bench.end()
        #expect(bench.isSeen(1) && bench.isSeen(1, of: ben))
        #expect(bench.tally().extra == 0 && bench.tally(ben).extra == 0)
    }

    @Test func sight_ofSomebodyElse_isNobodysBusiness() {
        var bench = MatcherBench()
        bench.open()
        bench.see(1, as: "stranger")
        bench.end()
        #expect(bench.tally().extra == 0 && bench.tally(ben).extra == 0)
    }

    // MARK: The borders of the window

    @Test func reading_acknowledgedBeforeTheStreamOpened_countsOnlyWhereItIsSeen() {
        var bench = MatcherBench()
        bench.acknowledge(1, 2)
        bench.open()
        bench.see(2)
        bench.end()
        #expect(bench.verdict(1) == nil)
        #expect(bench.isSeen(2))
        #expect(bench.tally().sent == 1)
    }

    @Test func reading_thatMayHaveBeenInFlightAtTheOpening_countsOnlyWhereItIsSeen() {
        var bench = MatcherBench()
        bench.open(inFlightAtOpen: [1, 2])
        bench.acknowledge(1, 2, 3)
        bench.see(2)
        bench.end()
        #expect(bench.verdict(1) == nil)
        #expect(bench.isSeen(2))
        #expect(bench.verdict(3) == .missing(.notShown))
        #expect(bench.tally().sent == 2)
    }

    @Test func reading_acknowledgedAfterTheEnd_countsWhereItWasSeenBefore() {
        var bench = MatcherBench()
        bench.open()
        bench.see(1)
        bench.matcher.end()
        bench.acknowledge(1, 2)
        bench.see(3)
        bench.end()
        #expect(bench.isSeen(1))
        #expect(bench.tally().sent == 1 && bench.tally().extra == 0)
    }

    @Test func reading_inFlightAtTheEnd_isWaitedFor() {
        var bench = MatcherBench()
        bench.open()
        bench.acknowledge(1)
        bench.matcher.end()
        #expect(!bench.matcher.isSettled(at: bench.now))
        bench.now += 100
        bench.see(1)
        #expect(bench.matcher.isSettled(at: bench.now))
        bench.end()
        #expect(bench.isSeen(1))
    }

    // MARK: The stream breaks

    @Test func reading_acknowledgedWhileTheStreamIsAway_isNotProvable() {
        var bench = MatcherBench()
        bench.open()
        bench.close()
        bench.acknowledge(1)
        bench.open(inFlightAtOpen: [2])
        bench.acknowledge(2, 3)
        bench.see(3)
        bench.pass(6_000)
        #expect(bench.verdict(1) == .unprovable(.streamAway))
        #expect(bench.verdict(2) == .unprovable(.streamAway), "it may have been shown before the stream was back")
        #expect(bench.isSeen(3))
        #expect(bench.tally().unprovable == 2 && bench.tally().missing == 0)
    }

    @Test func reading_thatTheStreamHadTimeToShowBeforeItBroke_isMissing_theNextIsNot() {
        var bench = MatcherBench()
        bench.open()
        bench.acknowledge(1)
        bench.now = 4_000
        bench.acknowledge(2)
        bench.now = 5_000
        bench.acknowledge(3)
        bench.see(3)
        bench.now = 60_000
        bench.close()
        bench.end()
        #expect(bench.verdict(1) == .missing(.notShown))
        #expect(bench.verdict(2) == .unprovable(.streamAway))
        #expect(bench.isSeen(3))
    }

    // MARK: The hub's history

    @Test func history_provesWhatTheStreamCouldNotShow() {
        var bench = MatcherBench(asksHistory: true)
        bench.open()
        bench.acknowledge(1)
        bench.see(1)
        bench.close()
        bench.acknowledge(2, 3)
        bench.pass(6_000)
        #expect(bench.verdict(2) == nil)
        let questions = bench.matcher.questions(at: bench.now)
        #expect(questions.map(\.id) == [1, 2, 3])
        #expect(bench.matcher.questions(at: bench.now).isEmpty, "each once")
        for reading in questions { bench.matcher.answered(reading, isKept: reading.id != 3) }
        bench.pass(1)
        #expect(bench.isSeen(1))
        #expect(bench.verdict(2) == .kept)
        #expect(bench.verdict(3) == .missing(.notKept))
        bench.end()
        #expect(bench.tally().sent == 3 && bench.tally().seen == 1 && bench.tally().kept == 1)
    }

    @Test func history_withoutAReadingThatWasSeen_makesItMissing() {
        var bench = MatcherBench(asksHistory: true)
        bench.open()
        bench.acknowledge(1)
        bench.see(1)
        for reading in bench.matcher.questions(at: bench.now, all: true) {
            bench.matcher.answered(reading, isKept: false)
        }
        bench.end()
        #expect(bench.verdict(1) == .missing(.notKept))
        #expect(bench.tally().sent == 1 && bench.tally().seen == 0)
        #expect(bench.tally().latencies.percentile(0.5) == nil)
    }

    @Test func history_ofAReadingThatTheOpenStreamDidNotShow_doesNotSaveIt() {
        var bench = MatcherBench(asksHistory: true)
        bench.open()
        bench.acknowledge(1)
        for reading in bench.matcher.questions(at: bench.now, all: true) {
            bench.matcher.answered(reading, isKept: true)
        }
        bench.end()
        #expect(bench.verdict(1) == .missing(.notShown))
    }

    @Test func history_thatCannotBeAsked_isAskedAgain_andLeavesItOpen() {
        var bench = MatcherBench(asksHistory: true)
        bench.open()
        bench.close()
        bench.acknowledge(1)
        bench.pass(6_000)
        for reading in bench.matcher.questions(at: bench.now) { bench.matcher.answered(reading, isKept: nil) }
        #expect(bench.matcher.questions(at: bench.now).map(\.id) == [1])
        bench.end()
        #expect(bench.verdict(1) == .unprovable(.streamAway))
    }

    // MARK: The uploader

    @Test func readings_thatWereTooOldToBeSent_areNotMissed_theOldestAreTakenForThem() {
        var bench = MatcherBench()
        bench.open()
        bench.matcher.passedOver(2, of: anna)
        bench.acknowledge(1, 2, 3, 4)
        bench.see(4)
        bench.end()
        #expect(bench.verdict(1) == nil && bench.verdict(2) == nil)
        #expect(bench.verdict(3) == .missing(.notShown))
        #expect(bench.tally().tooOld == 2 && bench.tally().sent == 2)
    }

    @Test func readings_ofAClockThatWasSetMeanwhile_areNotProvable() {
        var bench = MatcherBench()
        bench.open()
        bench.acknowledge(1, 2, isClockTrusted: false)
        bench.see(2)
        bench.matcher.clockSet()
        bench.acknowledge(3)
        bench.end()
        #expect(bench.verdict(1) == .unprovable(.clockSet))
        #expect(bench.isSeen(2))
        #expect(bench.verdict(3) == .missing(.notShown))
    }

    // MARK: Profiles

    @Test(arguments: [true, false]) func profile_whenUnknown_isLearntFromTheFirstMatch(isShownFirst: Bool) {
        var bench = MatcherBench(members: [:])
        bench.open()
        for (lane, member) in [(anna, "A"), (ben, "B")] {
            let id: Int64 = lane == anna ? 1 : 2
            if isShownFirst { bench.see(id, as: member) }
            bench.acknowledge(id, of: lane)
            if !isShownFirst { bench.see(id, as: member) }
        }
        #expect(bench.matcher.members == [anna: "A", ben: "B"])
        #expect(bench.isSeen(1) && bench.isSeen(2, of: ben))
    }

    @Test func profile_whenTwoStrapsSayTheSame_isLearntFromTheNext() {
        var bench = MatcherBench(members: [:])
        bench.open()
        bench.acknowledge(1)
        bench.acknowledge(1, of: ben)
        bench.see(1, as: "A")
        bench.see(1, as: "B")
        #expect(bench.matcher.members.isEmpty)
        bench.acknowledge(2)
        bench.see(2, as: "A")
        #expect(bench.matcher.members == [anna: "A"])
        #expect(bench.isSeen(1), "an earlier observation counts")
    }

    // MARK: Polling

    @Test func poll_showsTheNewestOnly_andWhatItHadNoTimeForIsNotProvable() {
        var bench = MatcherBench(members: [anna: "A"], lanes: [anna], isPolling: true)
        bench.open()
        bench.acknowledge(1, 2, 3)
        bench.see(3)
        bench.pass(6_000)
        #expect(bench.verdict(1) == .unprovable(.overtaken))
        #expect(bench.isSeen(3))
        bench.end()
        #expect(bench.tally().missing == 0 && bench.tally().unprovable == 2)
    }

    @Test func poll_thatNeverShowsTheNewest_missesIt() {
        var bench = MatcherBench(members: [anna: "A"], lanes: [anna], isPolling: true)
        bench.open()
        bench.see(1)
        bench.acknowledge(1, 2)
        bench.now = 6_000
        bench.matcher.heard(at: bench.now)
        bench.end()
        #expect(bench.verdict(2) == .missing(.notShown))
    }

    @Test func poll_thatShowsALaterOneAfterTheEnd_couldNotShowTheLastBefore() {
        var bench = MatcherBench(members: [anna: "A"], lanes: [anna], isPolling: true)
        bench.open()
        bench.see(1)
        bench.acknowledge(1, 2)
        bench.matcher.end()
        bench.see(3)
        bench.end()
        #expect(bench.verdict(2) == .unprovable(.overtaken))
        #expect(bench.tally().missing == 0 && bench.tally().extra == 0)
    }

    @Test func poll_thatFirstShowsOneOfBefore_countsNoExtra() {
        var bench = MatcherBench(members: [anna: "A"], lanes: [anna], isPolling: true)
        bench.open()
        bench.see(1)
        bench.see(2)
        bench.acknowledge(2)
        bench.see(9)
        bench.end()
        #expect(bench.tally().extra == 1, "the unknown one, and not the first")
        #expect(bench.isSeen(2))
    }

    @Test func memory_ofALongRun_isLetGo() {
        var bench = MatcherBench()
        bench.open()
        for id in Int64(1)...2_000 {
            bench.see(id)
            bench.acknowledge(id)
            bench.pass(1_000)
        }
        #expect(bench.matcher.pendingReadings.isEmpty)
        #expect(bench.tally().seen == 2_000 && bench.tally().extra == 0)
    }
}
