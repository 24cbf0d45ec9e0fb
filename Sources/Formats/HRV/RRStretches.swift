/// RR intervals in milliseconds, in stretches without a missing beat.
///
/// A difference between two intervals counts only within a stretch: across missing beats it means nothing.
package struct RRStretches: Sendable, Equatable {
    /// None of them is empty.
    package private(set) var stretches: [[Double]]

    package init(_ stretches: [[Double]] = []) {
        self.stretches = stretches.filter { !$0.isEmpty }
    }

    /// All intervals of these beats, in their order.
    package init(_ beats: some Sequence<RRBeat>) {
        var stretches: [[Double]] = []
        for beat in beats {
            if beat.startsStretch || stretches.isEmpty {
                stretches.append([beat.intervalMilliseconds])
            } else {
                stretches[stretches.count - 1].append(beat.intervalMilliseconds)
            }
        }
        self.stretches = stretches
    }

    package var intervals: [Double] { stretches.flatMap(\.self) }
    package var intervalCount: Int { stretches.reduce(0) { $0 + $1.count } }

    /// Successive differences within the stretches.
    package var differences: [Double] {
        stretches.flatMap { stretch in zip(stretch.dropFirst(), stretch).map { $0 - $1 } }
    }
}
