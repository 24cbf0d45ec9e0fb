/// The mistakes in a configuration file: where each is, what it is, and what to write instead.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package struct Mistake: Equatable, Sendable {
        package let line: Int?
        package let message: String

        package init(line: Int?, message: String) {
            self.line = line
            self.message = message
        }
    }

    package let path: String
    /// From the top of the file; at least one.
    package let mistakes: [Mistake]

    package init(path: String, line: Int?, message: String) {
        self.init(path: path, mistakes: [Mistake(line: line, message: message)])
    }

    package init(path: String, mistakes: [Mistake]) {
        self.path = path
        self.mistakes = mistakes
    }

    /// Of the first mistake.
    package var line: Int? { mistakes.first?.line }
    package var message: String { mistakes.first?.message ?? "" }

    /// A line for each mistake.
    package var sentences: [String] {
        mistakes.map { mistake in "\(mistake.line.map { "\(path):\($0)" } ?? path): \(mistake.message)"
        }
    }

    package var description: String { sentences.joined(separator: "\n") }
}
