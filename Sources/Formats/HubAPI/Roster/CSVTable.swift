/// The rows of a CSV file (RFC 4180) as spreadsheets write it: with commas, semicolons or tabs.
package struct CSVTable: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        /// The number of its first line, from 1 on.
        package let line: Int
        /// Without spaces at both ends.
        package let cells: [String]
    }

    /// Rows without any text are left out.
    package let rows: [Row]

    package init(_ text: String) {
        let separator = Self.separator(of: text)
        var rows: [Row] = []
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var line = 1
        var startLine = 1
        func endRow() {
            cells.append(cell.withoutEndSpaces)
            if cells.contains(where: { !$0.isEmpty }) { rows.append(Row(line: startLine, cells: cells)) }
            cells = []
            cell = ""
        }
        var rest = Substring(text)
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
        while let character = rest.popFirst() {
            if isQuoted {
                if character == "\"" {
                    if rest.first == "\"" { cell.append(rest.removeFirst()) } else { isQuoted = false }
                } else {
                    if character.isNewline { line += 1 }
                    cell.append(character)
                }
            } else if character == "\"", cell.allSatisfy(\.isWhitespace) {
                isQuoted = true
                cell = ""
            } else if character == separator {
                cells.append(cell.withoutEndSpaces)
                cell = ""
            } else if character.isNewline {
                endRow()
                line += 1
                startLine = line
            } else {
                cell.append(character)
            }
        }
        endRow()
        self.rows = rows
    }

    /// The first separator of the first line that has one.
    private static func separator(of text: String) -> Character {
        for line in text.split(whereSeparator: \.isNewline) {
            if let found = line.first(where: { ",;\t".contains($0) }) { return found }
        }
        return ","
    }
}

extension String {
    fileprivate var withoutEndSpaces: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
