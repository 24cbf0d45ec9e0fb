import HRV

/// A second of a stretch: FIT and TCX have one heart rate for each.
struct RecordedSecond: Equatable {
    /// Two readings that are less than this apart, but not in neighbouring seconds, are no gap: the time of arrival
    /// jitters, and the earlier rate holds for the second between them.
    static let jitterMilliseconds: Int64 = 1750
    /// Formats with a byte for the rate use 255 for none.
    static let rates: ClosedRange<UInt16> = 1...254

    /// Since the Unix epoch.
    let seconds: Int64
    /// Nil where the formats have no number for it.
    var heartRate: UInt8?
    var beats: [RRBeat]
}

extension Recording {
    /// The seconds of each stretch. Those with a heart rate ascend over all stretches.
    var seconds: [[RecordedSecond]] {
        var last: Int64?
        return stretches.map { stretch in
            let seconds = stretch.seconds(after: last)
            last = seconds.last?.seconds ?? last
            return seconds
        }
    }
}

extension Recording.Stretch {
    /// `recorded` is the last second of the stretch before: it has its heart rate already.
    fileprivate func seconds(after recorded: Int64?) -> [RecordedSecond] {
        var result: [RecordedSecond] = []
        var rest = beats[...]
        var previous: Int64?
        for sample in samples {
            let second = sample.milliseconds.floored(by: 1000)
            let beats = Array(rest.prefix(Int(sample.beatCount)))
            rest = rest.dropFirst(beats.count)
            let rate = RecordedSecond.rates.contains(sample.beatsPerMinute) ? UInt8(sample.beatsPerMinute) : nil
            if let last = result.last, last.seconds == second {
                if second != recorded { result[result.count - 1].heartRate = rate }
                result[result.count - 1].beats += beats
            } else {
                if let last = result.last, let previous,
                    sample.milliseconds - previous < RecordedSecond.jitterMilliseconds
                {
                    for between in last.seconds + 1..<second {
                        result.append(RecordedSecond(seconds: between, heartRate: last.heartRate, beats: []))
                    }
                }
                result.append(
                    RecordedSecond(seconds: second, heartRate: second == recorded ? nil : rate, beats: beats))
            }
            previous = sample.milliseconds
        }
        return result
    }
}

extension Int64 {
    /// Rounded down, also below zero.
    func floored(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
