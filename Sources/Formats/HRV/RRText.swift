/// RR intervals as text: one a line, in ms or in seconds, an empty line where beats are missing.
package enum RRText {
    package struct Mistake: Error, Equatable, CustomStringConvertible {
        /// From 1.
        package let line: Int
        package let text: String

        package var description: String { "line \(line) is no RR interval in ms or seconds: \(text)" }
    }

    /// A longer interval is none of a heart.
    private static let longestMilliseconds = 65_534.0
    /// A smaller number is one of seconds.
    private static let leastMilliseconds = 10.0

    package static func read(_ text: String) throws(Mistake) -> RRStretches {
        var stretches: [[Double]] = [[]]
        for (place, line) in zip(1..., text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)) {
            let word = String(line.filter { !$0.isWhitespace })
            guard !word.isEmpty else {
                stretches.append([])
                continue
            }
            guard let number = Double(word), number > 0, number <= longestMilliseconds else {
                throw Mistake(line: place, text: String(word.prefix(40)))
            }
            stretches[stretches.count - 1].append(number < leastMilliseconds ? number * 1000 : number)
        }
        return RRStretches(stretches)
    }
}
