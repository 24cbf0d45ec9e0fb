/// The bytes of a packet as people paste them.
///
/// | Where from | Form |
/// | --- | --- |
/// | a phone app | `164D1603`, `16 4D 16 03`, `(0x) 16-4D-16-03`, `0x16:4D:16:03` |
/// | btmon, gatttool, bluetoothctl | `Data: 164d1603`, `… value: 16 4d 16 03`, `16 4d 16 03   .M..` |
/// | Python, C, Swift, Node | `b'\x16M\x16\x03'`, `{0x16, 0x4d}`, `bytes = 0x164d1603`, `<Buffer 16 4d>` |
/// | a list of decimals | `[22, 77, 22, 3]` |
///
/// What can be read in two ways is refused: a wrong heart rate is worse than none.
package enum PastedPacket {
    package struct Problem: Error, Equatable, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }

        static let notHexadecimal = Problem(
            description: "not hexadecimal: write the bytes as pairs of the digits 0-9 and A-F")
        static let twoWays = Problem(
            description: "may be decimal or hexadecimal: write 0x before each byte, or all bytes as one word")
        static let notBytes = Problem(description: "a number in the list is no byte: each must be 0 to 255")
        static let unevenDigits = Problem(
            description: "an odd number of digits: a byte has two, so one is missing, or one is too many")
    }

    /// The bytes that `text` stands for.
    package static func bytes(of text: String) throws(Problem) -> [UInt8] {
        let value = withoutLabel(text[...])
        if let quoted = try escaped(value) { return quoted }
        return try numbers(in: withoutCharacterColumn(value))
    }

    /// Whether a line of a log ends with a label and has its bytes on the next.
    package static func isLabelAlone(_ line: String) -> Bool {
        line.contains(/(?i)value:\s*$/)
    }

    // MARK: What stands around the bytes

    /// `Notification handle = 0x0011 value: 16 4d` without what comes before the bytes.
    private static func withoutLabel(_ text: Substring) -> Substring {
        let labels = text.matches(of: /(?i)(?:value|data|bytes)(?:\[\d+\])?\s*[:=]/)
        return labels.last.map { text[$0.range.upperBound...] } ?? text
    }

    /// A dump shows its bytes once more as characters, behind some spaces: at most as many as there are bytes.
    private static func withoutCharacterColumn(_ text: Substring) -> Substring {
        let dump = text.wholeMatch(of: /\s*((?:[0-9a-fA-F]{2} )*[0-9a-fA-F]{2})\s{2,}(\S.*?)\s*/)
        guard let (_, bytes, characters) = dump?.output, characters.count <= (bytes.count + 1) / 3 else { return text }
        return bytes
    }

    // MARK: Text with escapes

    /// `b'\x16M'`, `bytearray(b"…")`, `"\x16\x4d"`; nil for another form.
    private static func escaped(_ text: Substring) throws(Problem) -> [UInt8]? {
        let isPython = text.contains("b'") || text.contains("b\"")
        guard isPython || text.contains("\\x") else { return nil }
        var rest = text
        if let mark = text.firstIndex(where: { $0 == "'" || $0 == "\"" }), let end = text.lastIndex(of: text[mark]),
            mark < end
        {
            rest = text[text.index(after: mark)..<end]
        }
        let known: [Character: UInt8] = ["t": 9, "n": 10, "r": 13, "\\": 92, "'": 39, "\"": 34, "0": 0]
        var bytes: [UInt8] = []
        while let character = rest.popFirst() {
            guard character == "\\" else {
                guard let byte = character.asciiValue else { throw .notHexadecimal }
                bytes.append(byte)
                continue
            }
            guard let kind = rest.popFirst() else { throw .notHexadecimal }
            if kind == "x" {
                let digits = rest.prefix(2)
                guard digits.count == 2, digits.allSatisfy(\.isASCII), let byte = UInt8(digits, radix: 16) else {
                    throw .notHexadecimal
                }
                bytes.append(byte)
                rest = rest.dropFirst(2)
            } else if let byte = known[kind] {
                bytes.append(byte)
            } else {
                throw .notHexadecimal
            }
        }
        return bytes
    }

    // MARK: Numbers

    private static func numbers(in text: Substring) throws(Problem) -> [UInt8] {
        let separators: Set<Character> = [
            " ", "\t", "-", ":", ",", ";", "(", ")", "[", "]", "{", "}", "<", ">", "\"", "'", "\r", "\u{FEFF}",
        ]
        let noise: Set<String> = ["0x", "buffer", "bytes", "bytearray", "hex"]
        let words = text.lowercased().split(whereSeparator: separators.contains).map(String.init)
            .filter { !noise.contains($0) }
        let isMarked = words.contains { $0.hasPrefix("0x") }
        let bare = words.map { $0.hasPrefix("0x") ? String($0.dropFirst(2)) : $0 }
        guard bare.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isHexDigit } }) else { throw .notHexadecimal }
        if !isMarked, let list = try decimals(bare, isList: text.contains { ",;".contains($0) }) { return list }
        // "0x6, 0x48": a lone digit behind a mark is a byte of its own.
        let pairs = bare.map { isMarked && $0.count == 1 ? "0" + $0 : $0 }
        guard pairs.allSatisfy({ $0.count.isMultiple(of: 2) }) else { throw .unevenDigits }
        let digits = pairs.joined().compactMap(\.hexDigitValue).map { UInt8($0) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The bytes of a list of decimals; nil where the words are hexadecimal for sure.
    private static func decimals(_ words: [String], isList: Bool) throws(Problem) -> [UInt8]? {
        guard words.count > 1, words.allSatisfy({ $0.allSatisfy(\.isNumber) }) else { return nil }
        // A byte in hexadecimal has two digits, and a decimal no zero in front.
        let isHexadecimal = words.contains { $0.count > 1 && $0.hasPrefix("0") } || words.contains { $0.count > 3 }
        if isHexadecimal { return nil }
        if words.allSatisfy({ $0.count == 2 }) {
            if isList { throw .twoWays }
            return nil
        }
        guard isList || words.contains(where: { $0.count == 3 }) else { throw .twoWays }
        let bytes = words.compactMap { UInt8($0) }
        guard bytes.count == words.count else { throw .notBytes }
        return bytes
    }
}
