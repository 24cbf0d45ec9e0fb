/// A list of people from a CSV file: a name, and optionally a room, a maximum heart rate and a strap.
///
/// ```
/// name,room,max_heart_rate,strap
/// Anna,Gym,185,C4:11:22:33:44:55
/// Ben,Gym,,Polar H10 A1B2C3D4
/// ```
///
/// Without the first line the columns have this order.
package struct Roster: Sendable, Equatable {
    /// A mistake of a line.
    package struct Mistake: Sendable, Equatable {
        package let line: Int
        package let text: String

        package init(line: Int, text: String) {
            self.line = line
            self.text = text
        }
    }

    /// More people are a mistake: another kind of file.
    private static let maximumEntries = 1000

    private enum Column: String, CaseIterable {
        case name
        case room
        case maximum = "max_heart_rate"
        case strap

        /// Reads a title of a spreadsheet: `Max heart rate`.
        init?(title: String) {
            let words = title.lowercased().split { !$0.isLetter }.joined(separator: "_")
            switch words {
            case "max_hr", "maximum_heart_rate", "maximum": self = .maximum
            case "device", "address", "device_name": self = .strap
            default: self.init(rawValue: words)
            }
        }
    }

    package struct Line: Sendable, Equatable {
        package let number: Int
        package let entry: RosterEntry
    }

    package private(set) var lines: [Line] = []
    package private(set) var mistakes: [Mistake] = []

    /// Reads a file. Entries without a room get `room`.
    package init(_ bytes: [UInt8], room: String? = nil) {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            mistakes = [Mistake(line: Self.foreignLine(bytes), text: "this is not UTF-8; save the file as CSV UTF-8")]
            return
        }
        var rows = CSVTable(text).rows[...]
        // Excel's own line about the separator.
        if rows.first?.cells.first?.lowercased().hasPrefix("sep=") == true { rows.removeFirst() }
        var columns: [Column] = [.name, .room, .maximum, .strap]
        if let title = rows.first, title.cells.contains(where: { Column(title: $0) == .name }) {
            columns = readTitles(title)
            rows.removeFirst()
        } else if let first = rows.first, Self.isOfTitles(first) {
            mistakes.append(Mistake(line: first.line, text: "no column is called name; columns are \(Self.titles)"))
        }
        guard mistakes.isEmpty else { return }
        if rows.isEmpty { mistakes.append(Mistake(line: 1, text: "there is no name in this file")) }
        if let tooMany = rows.dropFirst(Self.maximumEntries).first {
            mistakes.append(Mistake(line: tooMany.line, text: "a roster has at most \(Self.maximumEntries) people"))
            return
        }
        var known: [String: Int] = [:]
        for row in rows { read(row, columns, room: room, known: &known) }
    }

    private static let titles = Column.allCases.map(\.rawValue).joined(separator: ", ")

    /// Whether a first line without the title `name` has other titles, or titles in another language.
    private static func isOfTitles(_ row: CSVTable.Row) -> Bool {
        guard row.cells.count > 1 else { return false }
        let hasWordForNumber = row.cells.count > 2 && !row.cells[2].isEmpty && !row.cells[2].contains(where: \.isNumber)
        return hasWordForNumber || row.cells.contains { Column(title: $0) != nil }
    }

    private mutating func readTitles(_ row: CSVTable.Row) -> [Column] {
        var columns: [Column] = []
        for title in row.cells {
            guard let column = Column(title: title), !columns.contains(column) else {
                let isSecond = Column(title: title) != nil
                let problem = isSecond ? "the column \(title) is there twice" : "\(title) is no column"
                mistakes.append(Mistake(line: row.line, text: "\(problem); columns are \(Self.titles)"))
                continue
            }
            columns.append(column)
        }
        return columns
    }

    private mutating func read(
        _ row: CSVTable.Row, _ columns: [Column], room: String?, known: inout [String: Int]
    ) {
        func fail(_ text: String) { mistakes.append(Mistake(line: row.line, text: text)) }
        let extra = row.cells.dropFirst(columns.count).filter { !$0.isEmpty }
        if !extra.isEmpty { fail("there are \(row.cells.count) values, but \(columns.count) columns") }
        let values = Dictionary(zip(columns, row.cells).filter { !$1.isEmpty }, uniquingKeysWith: { first, _ in first })
        guard let name = values[.name] else { return fail("the name is missing") }
        if let line = known[name] { return fail("\(name) stands in line \(line) already") }
        known[name] = row.line
        var maximum: Int?
        if let text = values[.maximum] {
            maximum = Int(text)
            if maximum.map(RosterEntry.maximumHeartRates.contains) != true {
                let range = RosterEntry.maximumHeartRates
                fail("\(text) is no maximum heart rate: \(range.lowerBound) to \(range.upperBound)")
            }
        }
        let entry = RosterEntry(
            name: name, room: values[.room] ?? room, maximumHeartRate: maximum, strap: values[.strap])
        lines.append(Line(number: row.line, entry: entry))
    }

    /// The names of the files for the tokens of these people, in their order and without duplicates.
    package static func tokenFiles(for names: [String]) -> [String] {
        var taken: Set<String> = []
        return names.map { name in
            let plain = plain(name)
            var file = "\(plain).token"
            var number = 2
            while !taken.insert(file).inserted {
                file = "\(plain)-\(number).token"
                number += 1
            }
            return file
        }
    }

    /// Letters and digits of a name, in any script; other characters become hyphens.
    private static func plain(_ name: String) -> String {
        let name = name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        // A file name has 255 bytes at most, with the suffix and room for a number.
        var result = ""
        for character in name where result.utf8.count + character.utf8.count <= 200 { result.append(character) }
        return result
    }

    /// The line of the first byte that is not UTF-8.
    private static func foreignLine(_ bytes: [UInt8]) -> Int {
        var line = 1
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if part.contains(0) || String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return 1
    }
}
