/// The rows of a table in a text file (RFC 4180 with any separator), each with its line. Lines end with LF,
/// CR LF or CR.
struct DelimitedRows: Sequence, IteratorProtocol {
    struct Row: Equatable {
        let line: Int
        /// Spaces around a cell do not belong to it, unless the cell is quoted.
        let cells: [String]
    }

    struct Malformed: Error, Equatable {
        let line: Int
        let problem: String
    }

    private var rest: ArraySlice<UInt8>
    private var line: Int
    private let separator: UInt8

    /// `firstLine` is the number of the line with which the bytes begin.
    init(_ bytes: some Sequence<UInt8>, separator: UInt8 = UInt8(ascii: ","), firstLine: Int = 1) {
        rest = Array(bytes)[...]
        line = firstLine
        self.separator = separator
    }

    /// The next row that is not empty; nil at the end.
    mutating func next() -> Result<Row, Malformed>? {
        while let byte = rest.first, Self.endsLine(byte) { endLine() }
        guard !rest.isEmpty else { return nil }
        let start = line
        var cells: [String] = []
        do throws(Malformed) {
            while true {
                cells.append(try cell())
                guard rest.first == separator else { break }
                rest.removeFirst()
            }
            guard rest.first.map(Self.endsLine) ?? true else {
                throw Malformed(line: line, problem: "something follows the closing quotation mark of a cell")
            }
        } catch {
            rest = []
            return .failure(error)
        }
        return .success(Row(line: start, cells: cells))
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private static func endsLine(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

    /// Passes over one end of a line: LF, CR LF or CR.
    private mutating func endLine() {
        let byte = rest.removeFirst()
        if byte == Self.carriageReturn, rest.first == Self.lineFeed { rest.removeFirst() }
        line += 1
    }

    private func isPadding(_ byte: UInt8) -> Bool { (byte == 32 || byte == 9) && byte != separator }

    private mutating func cell() throws(Malformed) -> String {
        rest = rest.drop(while: isPadding)
        guard rest.first == Self.quote else {
            let cell = rest.prefix { $0 != separator && !Self.endsLine($0) }
            rest = rest.dropFirst(cell.count)
            let end = cell.lastIndex { !isPadding($0) }.map { $0 + 1 } ?? cell.startIndex
            return String(decoding: cell[..<end], as: UTF8.self)
        }
        let text = try quotedText()
        rest = rest.drop(while: isPadding)
        return text
    }

    private mutating func quotedText() throws(Malformed) -> String {
        let start = line
        var cell: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.first {
            if Self.endsLine(byte) {
                let before = rest
                endLine()
                cell.append(contentsOf: before[..<rest.startIndex])
                continue
            }
            rest.removeFirst()
            if byte != Self.quote {
                cell.append(byte)
            } else if rest.first == Self.quote {
                cell.append(byte)
                rest.removeFirst()
            } else {
                return String(decoding: cell, as: UTF8.self)
            }
        }
        throw Malformed(line: start, problem: "a quotation mark is never closed")
    }
}
