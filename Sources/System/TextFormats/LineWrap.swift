/// Breaks lines between words, for a terminal of known width.
package enum LineWrap {
    /// The lines of `text`, each with at most `columns` characters; nil columns leave each line as it is.
    ///
    /// A continuation is indented as its line is, and by `hanging` more. A longer word, and a command, stays whole: it
    /// has to be copied. So does a cell of a table that fits into a line.
    package static func lines(of text: String, columns: Int?, hanging: Int = 0) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let columns, columns > 0 else { return lines.map(String.init) }
        return lines.flatMap { wrapped($0, columns: columns, hanging: hanging) }
    }

    private static func wrapped(_ line: Substring, columns: Int, hanging: Int) -> [String] {
        guard line.count > columns else { return [String(line)] }
        let margin = line.prefix { $0 == " " }
        // Of a very deep indent little is left for the words.
        let indent = String(repeating: " ", count: min(margin.count + hanging, columns / 2))
        var lines: [String] = []
        var current = String(margin)
        var isEmpty = true
        for word in words(of: line.dropFirst(margin.count), longest: columns - indent.count) {
            if isEmpty {
                current += word.text
            } else if current.count + word.spaces + word.text.count <= columns {
                current += String(repeating: " ", count: word.spaces) + word.text
            } else {
                lines.append(current)
                current = indent + word.text
            }
            isEmpty = false
        }
        return lines + [current]
    }

    private struct Word {
        /// How many spaces stand before it.
        let spaces: Int
        var text: String
    }

    /// First words of commands that messages print without backquotes. Such a command ends its line or its sentence.
    private static let programs: Set<Substring> = ["sudo", "strapline", "strapline-hub", "systemctl", "journalctl"]
    private static let commandEnds = [". ", "; ", ", then "]

    /// Four cells and more, with two spaces or more between them, are a row of a table.
    private static let cellsOfARow = 4

    /// The words. Those of a command are together: in one pair of backquotes if they fit into a line, else always.
    private static func words(of line: Substring, longest: Int) -> [Word] {
        let isRow = line.split(separator: "  ").count >= cellsOfARow
        var words: [Word] = []
        var rest = line
        while true {
            let spaces = rest.prefix { $0 == " " }.count
            rest = rest.dropFirst(spaces)
            guard !rest.isEmpty else { return words }
            var word = rest.prefix { $0 != " " }
            let cell = rest[..<(rest.firstRange(of: "  ")?.lowerBound ?? rest.endIndex)]
            if isRow, cell.count <= longest {
                word = cell
            } else if let opening = word.firstIndex(of: "`"), word.count(where: { $0 == "`" }) == 1,
                let closing = rest[rest.index(after: opening)...].firstIndex(of: "`")
            {
                let whole = rest[..<closing] + rest[closing...].prefix { $0 != " " }
                if whole.count <= longest { word = whole }
            } else if programs.contains(word) {
                word = command(rest)
            }
            words.append(Word(spaces: spaces, text: String(word)))
            rest = rest.dropFirst(word.count)
        }
    }

    /// The command at the beginning of `text`.
    private static func command(_ text: Substring) -> Substring {
        let ends = commandEnds.compactMap { text.firstRange(of: $0)?.lowerBound }
        guard let end = ends.min() else { return text }
        return text[...end]
    }
}
