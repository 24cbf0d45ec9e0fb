/// The lines of a file that is edited. Editors of Windows end a line with `\r\n`: it stays, and new lines end alike.
struct FileLines {
    /// Each without its line feed, but with a carriage return before it.
    private(set) var lines: [String]
    private let hasCarriageReturns: Bool

    init(_ text: String) {
        // Swift takes `\r\n` for one character.
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        hasCarriageReturns = lines.first?.unicodeScalars.last == "\r"
        if text.isEmpty { lines = [] }
    }

    var text: String { lines.joined(separator: "\n") }

    subscript(index: Int) -> String {
        get { lines[index] }
        set { lines[index] = newValue }
    }

    mutating func insert(_ new: [String], at index: Int) {
        let end = hasCarriageReturns ? "\r" : ""
        // The last line of the file may have no end.
        if hasCarriageReturns, index == lines.count, let last = lines.last, !last.isEmpty, !last.hasSuffix("\r") {
            lines[index - 1] = last + "\r"
        }
        lines.insert(contentsOf: new.map { $0 + end }, at: index)
    }

    mutating func remove(_ range: Range<Int>) { lines.removeSubrange(range) }

    /// Ends the last line, if it has no end.
    mutating func end() {
        guard let last = lines.last, !last.isEmpty else { return }
        if hasCarriageReturns, !last.hasSuffix("\r") { lines[lines.count - 1] = last + "\r" }
        lines.append("")
    }
}
