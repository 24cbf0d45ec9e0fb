import Outbox

extension DeliveryMatcher {
    private enum Decision {
        /// More may be learnt.
        case wait
        /// Nothing is to be said, or it was said.
        case done
        case verdict(Verdict)
    }

    // MARK: The hub's history

    /// The readings that the hub is to be asked for, each once: those that had the grace, or all of them.
    mutating func questions(at now: Int64, all: Bool = false) -> [AcknowledgedReading] {
        guard asksHistory else { return [] }
        var questions: [AcknowledgedReading] = []
        for (key, claim) in claims where !claim.isAsked && (claim.seen != nil || claim.coverage != .beforeWindow) {
            guard all || claim.acknowledgedAt + graceMilliseconds <= now else { continue }
            claims[key]?.isAsked = true
            questions.append(claim.reading)
        }
        return questions.sorted { $0.id < $1.id }
    }

    /// What the hub says; nil where it could not be asked, and is to be asked again.
    package mutating func answered(_ reading: AcknowledgedReading, isKept: Bool?) {
        let key = PendingReading.Key(lane: reading.lane, id: reading.id)
        claims[key]?.isKept = isKept
        if isKept == nil { claims[key]?.isAsked = false }
    }

    // MARK: Verdicts

    /// The verdicts that are certain by now; with `isEnd` all.
    mutating func settle(at now: Int64, isEnd: Bool = false) -> [Result] {
        var results: [Result] = []
        for (key, claim) in claims.sorted(by: Self.isMeasuredBefore) {
            switch decision(on: claim, now: now, isEnd: isEnd) {
            case .wait: break
            case .done: forget(key)
            case .verdict(let verdict):
                forget(key)
                if claim.seen == nil, claim.isKept != true, takeTooOld(of: key.lane) { continue }
                if let seen = claim.seen { tallies[key.lane, default: .init()].add(seen, count: -1) }
                tallies[key.lane, default: .init()].add(verdict)
                results.append(Result(reading: claim.reading, verdict: verdict))
            }
        }
        sights.forgetOld(atBootMilliseconds: now)
        return results
    }

    /// What became of everything that was settled.
    func tally(of lane: Lane) -> VerificationTally {
        var tally = tallies[lane] ?? VerificationTally()
        // Lanes of one user share the observations of that user: the first of them reports them.
        if let member = members[lane],
            lane == members.filter({ $0.value == member }).keys.min(by: { $0.description < $1.description })
        {
            tally.extra = sights.extraCount(of: member)
            tally.repeated = sights.repeatedCount(of: member)
        }
        return tally
    }

    private func decision(on claim: PendingReading, now: Int64, isEnd: Bool) -> Decision {
        let mayBeAsked = asksHistory && claim.isKept == nil && !isEnd
        if claim.seen != nil {
            if claim.isKept == false { return .verdict(.missing(.notKept)) }
            return mayBeAsked ? .wait : .done
        }
        guard isEnd || claim.acknowledgedAt + graceMilliseconds <= now else { return .wait }
        if claim.coverage == .beforeWindow { return isEnd || !isOpen || isOverdue(claim) ? .done : .wait }
        if mayBeAsked { return .wait }
        if hasClockBeenSet && !claim.reading.isClockTrusted { return .verdict(kept(claim, else: .clockSet)) }
        if claim.isKept == false { return .verdict(.missing(.notKept)) }
        switch claim.coverage {
        case .live: return isEnd || isOverdue(claim) ? .verdict(.missing(.notShown)) : .wait
        case .away, .beforeWindow: return .verdict(kept(claim, else: .streamAway))
        case .overtakable: return decisionOfPoll(on: claim, isEnd: isEnd)
        }
    }

    /// `latest` shows one reading and no other: one that no later one has overtaken must be it.
    private func decisionOfPoll(on claim: PendingReading, isEnd: Bool) -> Decision {
        let newest = members[claim.reading.lane].flatMap(sights.newestMeasurement)
        if let newest, newest >= claim.reading.measuredAtMilliseconds { return .verdict(kept(claim, else: .overtaken)) }
        guard isEnd else { return .wait }
        let wasAskedSince = heardAt >= claim.acknowledgedAt
        return .verdict(wasAskedSince ? .missing(.notShown) : kept(claim, else: .streamAway))
    }

    private func kept(_ claim: PendingReading, else doubt: Verdict.Doubt) -> Verdict {
        claim.isKept == true ? .kept : .unprovable(doubt)
    }

    /// Whether the outbox counts one more expired reading than were reported by now.
    private mutating func takeTooOld(of lane: Lane) -> Bool {
        guard let left = tooOld[lane], left > 0 else { return false }
        tooOld[lane] = left - 1
        tallies[lane, default: .init()].tooOld += 1
        return true
    }

    private static func isMeasuredBefore(
        _ left: (key: PendingReading.Key, value: PendingReading),
        _ right: (key: PendingReading.Key, value: PendingReading)
    ) -> Bool {
        left.value.reading.measuredAtMilliseconds < right.value.reading.measuredAtMilliseconds
    }
}
