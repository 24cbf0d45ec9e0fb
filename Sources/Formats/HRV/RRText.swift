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
        // Editors of Windows begin a file with a byte order mark.
        let lines = text.trimmingPrefix("\u{FEFF}").split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (place, line) in zip(1..., lines) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let word = words.first else {
                stretches.append([])
                continue
            }
            // A second column is of another format.
            guard words.count == 1, let number = Double(word), number > 0, number <= longestMilliseconds else {
                throw Mistake(line: place, text: String(words.joined(separator: " ").prefix(40)))
            }
            stretches[stretches.count - 1].append(number < leastMilliseconds ? number * 1000 : number)
        }
        return RRStretches(stretches)
    }
}
