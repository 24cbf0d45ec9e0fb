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

    /// The readings that the hub is to be asked for, each once: those that had the grace, or all of them. Those of a
    /// lane whose profile is not known yet wait: another profile's history lacks them.
    mutating func questions(at now: Int64, all: Bool = false) -> [AcknowledgedReading] {
        guard asksHistory else { return [] }
        var questions: [AcknowledgedReading] = []
        for (key, pending) in pendingReadings
        where !pending.isAsked && (pending.seen != nil || pending.coverage != .beforeWindow) {
            guard members[key.lane] != nil else { continue }
            guard all || pending.acknowledgedAt + graceMilliseconds <= now else { continue }
            pendingReadings[key]?.isAsked = true
            questions.append(pending.reading)
        }
        return questions.sorted { $0.id < $1.id }
    }

    /// What the hub says; nil where it could not be asked, and is to be asked again.
    package mutating func answered(_ reading: AcknowledgedReading, isKept: Bool?) {
        let key = PendingReading.Key(lane: reading.lane, id: reading.id)
        pendingReadings[key]?.isKept = isKept
        if isKept == nil { pendingReadings[key]?.isAsked = false }
    }

    // MARK: Verdicts

    /// The verdicts that are certain by now; with `isEnd` all.
    mutating func settle(at now: Int64, isEnd: Bool = false) -> [Result] {
        var results: [Result] = []
        for (key, pending) in pendingReadings.sorted(by: Self.isMeasuredBefore) {
            switch decision(on: pending, now: now, isEnd: isEnd) {
            case .wait: break
            case .done: forget(key)
            case .verdict(let verdict):
                forget(key)
                if pending.seen == nil, pending.isKept != true, takeTooOld(of: key.lane) { continue }
                if let seen = pending.seen { tallies[key.lane, default: .init()].add(seen, count: -1) }
                tallies[key.lane, default: .init()].add(verdict)
                results.append(Result(reading: pending.reading, verdict: verdict))
            }
        }
        observations.forgetOld(atBootMilliseconds: now)
        return results
    }

    /// What became of everything that was settled.
    func tally(of lane: Lane) -> VerificationTally {
        var tally = tallies[lane] ?? VerificationTally()
        // Lanes of one user share the observations of that user: the first of them reports them.
        if let member = members[lane],
            lane == members.filter({ $0.value == member }).keys.min(by: { $0.description < $1.description })
        {
            tally.extra = observations.extraCount(of: member)
            tally.repeated = observations.repeatedCount(of: member)
        }
        return tally
    }

    private func decision(on pending: PendingReading, now: Int64, isEnd: Bool) -> Decision {
        // The profile of an unknown lane may still be learnt, unless the stream was open and has shown nothing.
        let isAskable = members[pending.reading.lane] != nil || pending.coverage != .live
        let mayBeAsked = asksHistory && pending.isKept == nil && !isEnd && isAskable
        if pending.seen != nil {
            if pending.isKept == false { return .verdict(.missing(.notKept)) }
            return mayBeAsked ? .wait : .done
        }
        guard isEnd || pending.acknowledgedAt + graceMilliseconds <= now else { return .wait }
        if pending.coverage == .beforeWindow { return isEnd || !isOpen || isOverdue(pending) ? .done : .wait }
        if mayBeAsked { return .wait }
        if hasClockBeenSet && !pending.reading.isClockTrusted { return .verdict(kept(pending, else: .clockSet)) }
        if pending.isKept == false { return .verdict(.missing(.notKept)) }
        switch pending.coverage {
        case .live: return isEnd || isOverdue(pending) ? .verdict(.missing(.notShown)) : .wait
        case .away, .beforeWindow: return .verdict(kept(pending, else: .streamAway))
        case .overtakable: return decisionOfPoll(on: pending, isEnd: isEnd)
        }
    }

    /// `latest` shows one reading and no other: one that no later one has overtaken must be it.
    private func decisionOfPoll(on pending: PendingReading, isEnd: Bool) -> Decision {
        let newest = members[pending.reading.lane].flatMap(observations.newestMeasurement)
        if let newest, newest >= pending.reading.measuredAtMilliseconds {
            return .verdict(kept(pending, else: .overtaken))
        }
        guard isEnd else { return .wait }
        let wasAskedSince = heardAt >= pending.acknowledgedAt
        return .verdict(wasAskedSince ? .missing(.notShown) : kept(pending, else: .streamAway))
    }

    private func kept(_ pending: PendingReading, else reason: Verdict.UnprovableReason) -> Verdict {
        pending.isKept == true ? .kept : .unprovable(reason)
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
