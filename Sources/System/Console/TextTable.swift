/// Texts in columns.
package enum TextTable {
    /// A line for each row; every row has as many cells as the first, which has the titles.
    package static func lines(of rows: [[String]]) -> [String] {
        let columns = rows.first?.indices ?? 0..<0
        let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
                separator: "  ")
            return String(padded.reversed().drop { $0 == " " }.reversed())
        }
    }
}
