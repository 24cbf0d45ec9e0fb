import Glibc

/// DFA-α1: the short-term exponent of a detrended fluctuation analysis of RR intervals.
///
/// The intervals minus their mean are summed up to a profile. For every box size of ``boxSizes`` the profile is cut
/// into boxes without overlap, and each box loses its linear trend. α1 is the slope of the logarithm of the remaining
/// fluctuation over the logarithm of the box size.
///
/// Tools differ in the box sizes and in the boxes: show a value with its ``name``.
package struct DetrendedFluctuation: Sendable, Equatable {
    package enum Boxes: Sendable {
        /// From the first beat on, as `neurokit2.fractal_dfa(overlap=False)` does.
        case forwards
        /// Also from the last beat backwards, as FatMaxxer does.
        case bothWays
    }

    /// Box sizes of 4 to 16 beats, as Kubios has them, but without its smoothing of the intervals.
    package static let standard = DetrendedFluctuation(boxSizes: 4...16)

    /// In beats; 3 at least, because a line through fewer leaves nothing.
    package let boxSizes: ClosedRange<Int>
    package let boxes: Boxes

    package init(boxSizes: ClosedRange<Int>, boxes: Boxes = .forwards) {
        self.boxSizes = max(3, boxSizes.lowerBound)...max(3, boxSizes.upperBound)
        self.boxes = boxes
    }

    /// `DFA-α1 4–16`
    package var name: String {
        "DFA-α1 \(boxSizes.lowerBound)–\(boxSizes.upperBound)" + (boxes == .bothWays ? " both ways" : "")
    }

    /// Two boxes of the largest size.
    package var leastIntervals: Int { 2 * boxSizes.upperBound }

    /// Nil where beats are missing, where there are too few, and where nothing fluctuates.
    package func alpha1(_ rr: RRStretches) -> Double? {
        guard rr.stretches.count == 1 else { return nil }
        return alpha1(ofIntervals: rr.stretches[0])
    }

    /// Of intervals without a missing beat between them.
    package func alpha1(ofIntervals intervals: [Double]) -> Double? {
        guard intervals.count >= leastIntervals, boxSizes.count > 1 else { return nil }
        let profile = Self.profile(of: intervals)
        let points = boxSizes.map { size in
            (x: log(Double(size)), y: log(fluctuation(of: profile, boxSize: size)))
        }
        guard points.allSatisfy(\.y.isFinite) else { return nil }
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + $1.x } / count
        let meanY = points.reduce(0) { $0 + $1.y } / count
        let covariance = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
        return covariance / points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    }

    private static func profile(of intervals: [Double]) -> [Double] {
        let mean = intervals.reduce(0, +) / Double(intervals.count)
        var total = 0.0
        return intervals.map { interval in
            total += interval - mean
            return total
        }
    }

    private func fluctuation(of profile: [Double], boxSize size: Int) -> Double {
        let count = profile.count / size
        var starts = (0..<count).map { $0 * size }
        if boxes == .bothWays { starts += (0..<count).map { profile.count - size * ($0 + 1) } }
        let middle = Double(size - 1) / 2
        let spread = (0..<size).reduce(0.0) { $0 + (Double($1) - middle) * (Double($1) - middle) }
        let squares = starts.reduce(0.0) { sum, start in
            let box = profile[start..<start + size]
            let level = box.reduce(0, +) / Double(size)
            let slope = zip(0..., box).reduce(0.0) { $0 + (Double($1.0) - middle) * ($1.1 - level) } / spread
            return zip(0..., box).reduce(sum) { sum, point in
                let rest = point.1 - level - slope * (Double(point.0) - middle)
                return sum + rest * rest
            }
        }
        return (squares / Double(starts.count * size)).squareRoot()
    }
}
