import FoundationEssentials
import HeartRate
import TextFormats

/// The readings of a file that `strapline outbox export` wrote, as CSV or as JSON lines: whole, or not at all.
struct RecordedHistory: Equatable {
    let readings: [RecordedReading]

    /// Reads the file, or stdin for `-`. Which of both formats it is, its first character tells.
    static func read(_ path: String) throws(HistoryReadingError) -> RecordedHistory {
        // The kernel gives stdin a name, whether it is a pipe, a file or a terminal.
        guard let data = FileManager.default.contents(atPath: path == "-" ? "/dev/stdin" : path) else {
            throw HistoryReadingError(
                path: path, line: nil, problem: "cannot be read. Is it there, and may this user read it?")
        }
        return try RecordedHistory(Array(data), path: path)
    }

    init(_ bytes: [UInt8], path: String) throws(HistoryReadingError) {
        // A spreadsheet puts a byte order mark in front.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let first = bytes.first { !$0.isSpace }
        readings =
            first == UInt8(ascii: "{") ? try Self.jsonLines(bytes, path) : try Self.commaSeparated(bytes, path)
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

    private static func sentence(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(context.codingPath.last?.stringValue ?? "the line") is not what it should be: "
                + context.debugDescription
        default: return "is not a JSON object"
        }
    }

    // MARK: CSV

    private static func commaSeparated(
        _ bytes: [UInt8], _ path: String
    ) throws(HistoryReadingError) -> [RecordedReading] {
        var rows = CommaSeparatedRows(bytes)
        guard let header = try next(&rows, path) else {
            throw HistoryReadingError(path: path, line: nil, problem: "is empty")
        }
        guard header.cells.contains("bpm"), !Set(header.cells).isDisjoint(with: ["measured_at_ms", "measured_at"])
        else {
            throw HistoryReadingError(
                path: path, line: header.line,
                problem: "does not name the columns measured_at_ms and bpm, as strapline outbox export does")
        }
        var readings: [RecordedReading] = []
        while let row = try next(&rows, path) {
            do throws(RecordedReading.Problem) {
                readings.append(try reading(row.cells, header.cells))
            } catch {
                throw HistoryReadingError(path: path, line: row.line, problem: error.text)
            }
        }
        return readings
    }

    private static func next(
        _ rows: inout CommaSeparatedRows, _ path: String
    ) throws(HistoryReadingError) -> CommaSeparatedRows.Row? {
        switch rows.next() {
        case nil: return nil
        case .success(let row): return row
        case .failure(let error): throw HistoryReadingError(path: path, line: error.line, problem: error.problem)
        }
    }

    private static func reading(
        _ cells: [String], _ names: [String]
    ) throws(RecordedReading.Problem) -> RecordedReading {
        guard cells.count == names.count else {
            throw RecordedReading.Problem("has \(cells.count) cells where the first line has \(names.count)")
        }
        let named = Dictionary(zip(names, cells)) { first, _ in first }
        func number<Number: FixedWidthInteger>(_ name: String) throws(RecordedReading.Problem) -> Number? {
            guard let text = named[name], !text.isEmpty else { return nil }
            guard let number = Number(text) else {
                throw RecordedReading.Problem("\(name) is not a whole number: \(text.printable())")
            }
            return number
        }
        return try RecordedReading(
            strap: named["strap"], measuredAtMilliseconds: try number("measured_at_ms"),
            measuredAt: named["measured_at"], bpm: try number("bpm"), contact: named["contact"])
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 32 || (9...13).contains(self) }
}
