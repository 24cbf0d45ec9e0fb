import Console
import FoundationEssentials
import HeartRate
import TextFormats

/// The readings of a file that `strapline outbox export` wrote, as CSV or as JSON lines: whole, or not at all.
package struct RecordedHistory: Equatable {
    package let readings: [RecordedReading]

    /// Reads the file, or stdin for `-`. The first character decides between the two formats.
    package static func read(_ path: String) throws(HistoryReadingError) -> RecordedHistory {
        // The kernel gives stdin a name, whether it is a pipe, a file or a terminal.
        guard let data = FileManager.default.contents(atPath: path == "-" ? "/dev/stdin" : path) else {
            throw HistoryReadingError(
                path: path, line: nil, problem: "cannot be read. Is it there, and may this user read it?")
        }
        return try RecordedHistory(Array(data), path: path)
    }

    package init(_ bytes: [UInt8], path: String) throws(HistoryReadingError) {
        let bytes = ForeignText.utf8(bytes)
        let first = bytes.first { !$0.isSpace }
        readings =
            switch first {
            case UInt8(ascii: "{"): try Self.jsonLines(bytes, path)
            case UInt8(ascii: "["): try Self.jsonArray(bytes, path)
            default: try Self.table(bytes, path)
            }
    }

    // MARK: JSON lines

    private struct Line: Decodable {
        let strap: String?
        let measuredAtMilliseconds: Int64?
        let measuredAt: String?
        let bpm: Int?
        let contact: String?

        enum CodingKeys: String, CodingKey {
            case strap, bpm, contact
            case measuredAtMilliseconds = "measured_at_ms"
            case measuredAt = "measured_at"
        }
    }

    private static func jsonLines(_ bytes: [UInt8], _ path: String) throws(HistoryReadingError) -> [RecordedReading] {
        var readings: [RecordedReading] = []
        let decoder = JSONDecoder()
        // A CR before the LF is white space to JSON.
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, text) in lines.enumerated() where !text.allSatisfy(\.isSpace) {
            do {
                let line = try decoder.decode(Line.self, from: Data(text))
                readings.append(
                    try RecordedReading(
                        strap: line.strap, measuredAtMilliseconds: line.measuredAtMilliseconds,
                        measuredAt: line.measuredAt, bpm: line.bpm, contact: line.contact))
            } catch let error as RecordedReading.Problem {
                throw HistoryReadingError(path: path, line: index + 1, problem: error.text)
            } catch {
                throw HistoryReadingError(path: path, line: index + 1, problem: sentence(error))
            }
        }
        return readings
    }

    /// What a script makes of JSON lines.
    private static func jsonArray(_ bytes: [UInt8], _ path: String) throws(HistoryReadingError) -> [RecordedReading] {
        let lines: [Line]
        do {
            lines = try JSONDecoder().decode([Line].self, from: Data(bytes))
        } catch {
            throw HistoryReadingError(
                path: path, line: nil, problem: "is not an array of JSON objects: \(sentence(error))")
        }
        var readings: [RecordedReading] = []
        for (index, line) in lines.enumerated() {
            do throws(RecordedReading.Problem) {
                readings.append(
                    try RecordedReading(
                        strap: line.strap, measuredAtMilliseconds: line.measuredAtMilliseconds,
                        measuredAt: line.measuredAt, bpm: line.bpm, contact: line.contact))
            } catch {
                throw HistoryReadingError(path: path, line: nil, problem: "object \(index + 1): \(error.text)")
            }
        }
        return readings
    }

    private static func sentence(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let text =
                "\(context.codingPath.last?.stringValue ?? "the line") is not what it should be: "
                + context.debugDescription
            return text.printable(scalars: 300)
        default: return "is not a JSON object"
        }
    }

    // MARK: Tables

    private static func table(_ bytes: [UInt8], _ path: String) throws(HistoryReadingError) -> [RecordedReading] {
        guard let form = try TableForm(bytes, path: path) else {
            throw HistoryReadingError(path: path, line: nil, problem: "is empty")
        }
        var readings: [RecordedReading] = []
        for next in form.rows {
            let row: DelimitedRows.Row
            switch next {
            case .success(let found): row = found
            case .failure(let error): throw HistoryReadingError(path: path, line: error.line, problem: error.problem)
            }
            // A spreadsheet writes a row that was cleared so.
            if row.cells.allSatisfy(\.isEmpty) { continue }
            do throws(RecordedReading.Problem) {
                readings.append(try reading(row.cells, form))
            } catch {
                throw HistoryReadingError(path: path, line: row.line, problem: error.text)
            }
        }
        return readings
    }

    private static func reading(_ cells: [String], _ form: TableForm) throws(RecordedReading.Problem) -> RecordedReading
    {
        let names = form.columns
        guard cells.count >= names.count, cells[names.count...].allSatisfy(\.isEmpty) else {
            throw RecordedReading.Problem("has \(cells.count) cells where the first line has \(names.count)")
        }
        let named = Dictionary(zip(names, cells)) { first, _ in first }
        func number<Number: FixedWidthInteger>(_ name: String) throws(RecordedReading.Problem) -> Number? {
            guard let text = named[name], !text.isEmpty else { return nil }
            if let number: Number = form.wholeNumber(text) { return number }
            let isRounded = text.lowercased().contains("e+") && Double(text.replacing(",", with: ".")) != nil
            throw RecordedReading.Problem(
                "\(name) is not a whole number: \(text.printable())"
                    + (isRounded ? ". A spreadsheet has rounded it: show the column as a number, and save again." : ""))
        }
        let measuredAt = named["measured_at"].flatMap { $0.isEmpty ? nil : $0 }
        return try RecordedReading(
            strap: named["strap"], measuredAtMilliseconds: try number("measured_at_ms"), measuredAt: measuredAt,
            bpm: try number("bpm"), contact: named["contact"]?.lowercased())
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 32 || (9...13).contains(self) }
}

/// Why a file is no history, and where.
package struct HistoryReadingError: Error, Equatable, CustomStringConvertible {
    package let path: String
    /// Counted from 1; nil where it is about the whole file.
    package let line: Int?
    package let problem: String

    package var description: String { "\(path.printable())\(line.map { ":\($0)" } ?? ""): \(problem)" }
}
