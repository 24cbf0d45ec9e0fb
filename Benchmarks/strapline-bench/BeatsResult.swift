/// The beats that a receiver has seen, beside those of the heart.
struct BeatsResult: Sendable {
    /// The RR intervals of the strap, in the order of the heart.
    var intervals: [Duration]
    /// When the toggle of the beat has changed.
    var beats: [ContinuousClock.Instant]

    /// How much the distance of two beats differs from the interval of the strap. The first intervals may have been
    /// played before the receiver was ready: the shift with the smallest median is the right one.
    var jitter: [Duration] {
        let distances = zip(beats, beats.dropFirst()).map { $1 - $0 }
        let shifts = (0..<Self.largestShift).flatMap { shift in
            [
                Self.differences(distances, Array(intervals.dropFirst(shift))),
                Self.differences(Array(distances.dropFirst(shift)), intervals),
            ]
        }
        return shifts.min { ($0.median ?? .zero) < ($1.median ?? .zero) } ?? []
    }

    private static let largestShift = 8

    private static func differences(_ left: [Duration], _ right: [Duration]) -> [Duration] {
        zip(left, right).map { $0 > $1 ? $0 - $1 : $1 - $0 }
    }
}

/// As a Markdown table.
struct BeatsReport {
    var result: BeatsResult

    var markdown: String {
        let jitter = result.jitter
        func milliseconds(_ duration: Duration?) -> String {
            duration.map { ($0.microseconds / 1000).hundredths } ?? "–"
        }
        return Table(
            header: ["beats over OSC", "of the heart", "jitter p50, ms", "p99, ms", "largest, ms"],
            lines: [
                [
                    "\(result.beats.count)", "\(result.intervals.count)", milliseconds(jitter.median),
                    milliseconds(jitter.percentile(0.99)), milliseconds(jitter.max()),
                ]
            ]
        ).markdown
    }
}
