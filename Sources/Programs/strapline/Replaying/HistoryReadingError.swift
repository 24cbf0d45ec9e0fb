import TextFormats

/// Why a file is no history, and where.
struct HistoryReadingError: Error, Equatable, CustomStringConvertible {
    let path: String
    /// Counted from 1; nil where it is about the whole file.
    let line: Int?
    let problem: String

    var description: String { "\(path.printable())\(line.map { ":\($0)" } ?? ""): \(problem)" }
}
