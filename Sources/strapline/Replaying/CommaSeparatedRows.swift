/// The rows of a CSV file (RFC 4180), with the line on which each begins.
struct CommaSeparatedRows: Sequence, IteratorProtocol {
    struct Row: Equatable {
        let line: Int
        let cells: [String]
    }

    struct Malformed: Error, Equatable {
        let line: Int
        let problem: String
    }

    private var rest: ArraySlice<UInt8>
    private var line = 1

    init(_ bytes: some Sequence<UInt8>) {
        rest = Array(bytes)[...]
    }

    /// The next row that is not empty; nil at the end.
    mutating func next() -> Result<Row, Malformed>? {
        while let byte = rest.first, byte == Self.lineFeed || byte == Self.carriageReturn { advance() }
        guard !rest.isEmpty else { return nil }
        let start = line
        var cells: [String] = []
        do throws(Malformed) {
            while true {
                cells.append(try cell())
                guard rest.first == Self.comma else { break }
                advance()
            }
            if rest.first == Self.carriageReturn { advance() }
            guard rest.isEmpty || rest.first == Self.lineFeed else {
                throw Malformed(line: line, problem: "something follows the closing quotation mark of a cell")
            }
        } catch {
            rest = []
            return .failure(error)
        }
        return .success(Row(line: start, cells: cells))
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private mutating func advance() {
        if rest.removeFirst() == Self.lineFeed { line += 1 }
    }

    private mutating func cell() throws(Malformed) -> String {
        guard rest.first == Self.quote else {
            let cell = rest.prefix { ![Self.comma, Self.lineFeed, Self.carriageReturn].contains($0) }
            rest = rest.dropFirst(cell.count)
            return String(decoding: cell, as: UTF8.self)
        }
        let start = line
        var cell: [UInt8] = []
        advance()
        while let byte = rest.first {
            advance()
            if byte != Self.quote {
                cell.append(byte)
            } else if rest.first == Self.quote {
                cell.append(byte)
                advance()
            } else {
                return String(decoding: cell, as: UTF8.self)
            }
        }
        throw Malformed(line: start, problem: "a quotation mark is never closed")
    }
}
