/// Leaves out intervals that are no distance between two normal beats: extra beats, missed ones, noise.
///
/// An interval is an artefact if it differs from the last accepted one of its stretch by more than the threshold. The
/// first of a stretch is compared with the median of the first five: after a gap it is often too long. After
/// ``patience`` artefacts in a row the next interval begins a new stretch: the heart rate has changed.
package struct ArtefactFilter: Sendable, Equatable {
    package enum Threshold: Sendable, Equatable {
        case percent(Double)
        /// 5 % from 90 bpm on, 25 % up to 85 bpm, on a line in between: a fast heart varies less.
        case automatic
        /// Nothing is an artefact.
        case off
    }

    package struct Result: Sendable, Equatable {
        /// A removed interval ends a stretch, like a missing beat.
        package var accepted = RRStretches()
        package var artefacts = 0
        package var total = 0

        /// 0 without intervals.
        package var artefactShare: Double { total == 0 ? 0 : Double(artefacts) / Double(total) }
    }

    package static let patience = 5
    private static let beginning = 5

    package var threshold: Threshold

    package init(_ threshold: Threshold = .automatic) {
        self.threshold = threshold
    }

    package func filter(_ rr: RRStretches) -> Result {
        var result = Result(total: rr.intervalCount)
        var accepted: [[Double]] = []
        for stretch in rr.stretches {
            var reference = Self.median(stretch.prefix(Self.beginning))
            var rejected = 0
            var isBroken = true
            for interval in stretch {
                if rejected < Self.patience, !isNormal(interval, after: reference) {
                    rejected += 1
                    isBroken = true
                    continue
                }
                result.artefacts += rejected
                rejected = 0
                reference = interval
                if isBroken { accepted.append([]) }
                isBroken = false
                accepted[accepted.count - 1].append(interval)
            }
            result.artefacts += rejected
        }
        result.accepted = RRStretches(accepted)
        return result
    }

    private func isNormal(_ interval: Double, after reference: Double) -> Bool {
        abs(interval - reference) <= reference * share(atInterval: reference)
    }

    private func share(atInterval interval: Double) -> Double {
        switch threshold {
        case .percent(let percent): return percent / 100
        case .off: return .infinity
        case .automatic:
            let rate = 60_000 / interval
            return 0.25 - 0.2 * min(1, max(0, (rate - 85) / 5))
        }
    }

    private static func median(_ values: ArraySlice<Double>) -> Double {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }
}
