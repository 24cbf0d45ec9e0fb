import Glibc
import TextFormats

/// Colours for words of a terminal.
package enum TerminalColour: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case dim = "2"
    case bold = "1"

    func around(_ text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}

/// Colours some words of finished lines, where they stand alone in a column.
package struct ColumnColours: Sendable {
    package let colours: [String: TerminalColour]

    package init(_ colours: [String: TerminalColour]) {
        self.colours = colours
    }

    /// The line with its coloured words. Clean it first: the colours are control characters.
    package func coloured(_ line: String) -> String {
        var result = ""
        var rest = line[...]
        var isAtColumn = true
        while !rest.isEmpty {
            let cell = rest.prefix { $0 != " " }
            result += isAtColumn && isAlone(cell, in: rest) ? painted(cell) : String(cell)
            rest = rest.dropFirst(cell.count)
            let gap = rest.prefix { $0 == " " }
            result += gap
            rest = rest.dropFirst(gap.count)
            isAtColumn = gap.count > 1
        }
        return result
    }

    private func painted(_ cell: Substring) -> String {
        colours[String(cell)].map { $0.around(String(cell)) } ?? String(cell)
    }

    /// Two spaces or the end of the line are behind a cell.
    private func isAlone(_ cell: Substring, in rest: Substring) -> Bool {
        let behind = rest.dropFirst(cell.count)
        return behind.isEmpty || behind.hasPrefix("  ")
    }
}

extension StandardStream {
    /// Whether colours help: on a terminal that has them, unless `NO_COLOR` is set (no-color.org).
    package var showsColours: Bool {
        let isRefused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        return obeysControls && !isRefused
    }

    /// Whether it is a terminal that moves its cursor and clears lines. `TERM=dumb` does not.
    package var obeysControls: Bool {
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        return isTerminal && !isDumb
    }

    /// Prints lines for a reader: broken between words at the width of the terminal, and coloured where it has colours.
    package func print(_ lines: [String], colours: ColumnColours = ColumnColours([:]), hanging: Int = 2) {
        for line in lines.flatMap({ LineWrap.lines(of: $0.printableLines(), columns: columns, hanging: hanging) }) {
            write((showsColours ? colours.coloured(line) : line) + "\n")
        }
    }
}
