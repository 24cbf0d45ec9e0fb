import TextFormats

/// The form of a table of readings: its separator and the places of its columns.
///
/// A spreadsheet follows its language: `;` if the comma is for decimals, tabs, a line `sep=;` in front. Names of
/// columns match in any case, with spaces around and within.
struct TableForm {
    /// The separators that are looked for, with their names.
    private static let separators: [(byte: UInt8, name: String)] = [
        (UInt8(ascii: ","), "comma"), (UInt8(ascii: ";"), "semicolon"), (UInt8(ascii: "\t"), "tab"),
        (UInt8(ascii: "|"), "bar"),
    ]

    let separator: UInt8
    /// In the words of the format, lower case with underscores.
    let columns: [String]
    /// The rows below the header.
    let rows: DelimitedRows

    /// Finds out how `bytes` are written; nil for none at all.
    ///
    /// - Throws: where no separator makes the first line name the columns that are needed.
    init?(_ bytes: [UInt8], path: String) throws(HistoryReadingError) {
        let (named, start, line) = Self.separatorLine(bytes)
        let candidates = named.map { [$0] } ?? Self.separators.map(\.byte)
        var seen: (separator: UInt8, columns: [String], line: Int)?
        for separator in candidates {
            var rows = DelimitedRows(bytes[start...], separator: separator, firstLine: line)
            guard let header = rows.next() else { return nil }
            guard case .success(let row) = header else { continue }
            let columns = Self.names(row.cells)
            if Self.areEnough(columns) {
                self.separator = separator
                self.columns = columns
                self.rows = rows
                return
            }
            if columns.count > seen?.columns.count ?? 0 { seen = (separator, columns, row.line) }
        }
        throw HistoryReadingError(
            path: path, line: seen?.line ?? line,
            problem: "does not name the columns measured_at_ms and bpm, as strapline outbox export does"
                + (seen.map { ". " + Self.sight(of: $0.columns, $0.separator) } ?? ""))
    }

    /// The number in a cell, for a file whose numbers may have gone through a spreadsheet; nil where it is not whole.
    ///
    /// `72`, `72.0`, and `72,0` if the comma separates no cells. A number with an exponent was rounded.
    func wholeNumber<Number: FixedWidthInteger>(_ text: String) -> Number? {
        if let number = Number(text) { return number }
        let points: [Character] = separator == UInt8(ascii: ",") ? ["."] : [".", ","]
        let parts = text.split(omittingEmptySubsequences: false) { points.contains($0) }
        guard parts.count == 2, parts[1].allSatisfy({ $0 == "0" }) else { return nil }
        return Number(parts[0])
    }

    /// `sep=;`, which spreadsheets write and read. Returns where the table begins, and on which line.
    private static func separatorLine(_ bytes: [UInt8]) -> (separator: UInt8?, start: Int, line: Int) {
        let text = bytes.prefix(8)
        let quoted = text.first == UInt8(ascii: "\"") ? 1 : 0
        let sign = text.dropFirst(quoted)
        guard String(decoding: sign.prefix(4), as: UTF8.self).lowercased() == "sep=",
            let separator = sign.dropFirst(4).first, separators.contains(where: { $0.byte == separator })
        else { return (nil, 0, 1) }
        let end = bytes.firstIndex { $0 == 10 || $0 == 13 } ?? bytes.endIndex
        return (separator, end, 1)
    }

    private static func names(_ cells: [String]) -> [String] {
        var names = cells.map { cell in
            cell.printable().lowercased().split { " -".contains($0) }.joined(separator: "_")
        }
        while names.last == "" { names.removeLast() }
        return names
    }

    private static func areEnough(_ columns: [String]) -> Bool {
        columns.contains("bpm") && !Set(columns).isDisjoint(with: ["measured_at_ms", "measured_at"])
    }

    private static func sight(of columns: [String], _ separator: UInt8) -> String {
        let list = columns.joined(separator: ", ").printable()
        guard columns.count > 1 else { return "Its first line is: \(list)" }
        let name = separators.first { $0.byte == separator }?.name ?? "separator"
        return "Its first line, with a \(name) between cells, names: \(list)"
    }
}
