/// The bytes of a packet as people paste them.
///
/// | Where from | Form |
/// | --- | --- |
/// | a phone app | `164D1603`, `16 4D 16 03`, `(0x) 16-4D-16-03`, `0x16:4D:16:03` |
/// | btmon, gatttool, bluetoothctl | `Data: 164d1603`, `… value: 16 4d 16 03`, `16 4d 16 03   .M..` |
/// | Python, C, Swift, Node | `b'\x16M\x16\x03'`, `{0x16, 0x4d}`, `bytes = 0x164d1603`, `<Buffer 16 4d>` |
/// | a list of decimals | `[22, 77, 22, 3]`, of signed ones `[22, 77, -86, 3]` |
/// | Base64 that ends with `=` | `Fk0WAw==` |
///
/// An ambiguous text is refused, or read with a notice: a wrong heart rate is worse than none.
package struct PastedPacket: Equatable {
    package let bytes: [UInt8]
    /// How the text was read, where it could be misunderstood.
    package let notice: String?

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
        static let perhapsBase64 = Problem(
            description: "not hexadecimal. It may be Base64: decode it first, for instance with base64 -d | xxd -p")
    }

    /// Reads the packet that `text` stands for.
    package init(_ text: String) throws(Problem) {
        let value = Self.withoutLabel(text[...])
        if let quoted = try Self.escaped(value) {
            (bytes, notice) = (quoted, nil)
        } else if let decoded = try Self.base64(value) {
            (bytes, notice) = (decoded, "read as Base64")
        } else {
            (bytes, notice) = try Self.numbers(in: Self.withoutDumpColumns(value))
        }
    }

    /// The bytes that `text` stands for.
    package static func bytes(of text: String) throws(Problem) -> [UInt8] { try PastedPacket(text).bytes }

    /// The packets of a command line. A shell splits one packet without quotes into several arguments.
    package static func texts(of arguments: [String]) -> [String] {
        let isLabelled = arguments.contains { $0.contains(/(?i)(?:value|data|bytes)(?:\[\d+\])?['"]?[:=]$|\(0x\)$/) }
        // One byte is never a packet.
        let isSplit = arguments.allSatisfy { argument in
            guard let packet = try? PastedPacket(argument) else {
                return argument.count <= 3 || argument.contains { ",[]{}()".contains($0) }
            }
            return packet.bytes.count < 2
        }
        return arguments.count > 1 && (isLabelled || isSplit) ? [arguments.joined(separator: " ")] : arguments
    }

    /// Whether a line of a log ends with a label and has its bytes on the next.
    package static func isLabelAlone(_ line: String) -> Bool {
        line.contains(/(?i)value:\s*$/)
    }

    // MARK: The text around the bytes

    private static var label: some RegexComponent {
        /(?i)(?:value|value\/descriptor|data|bytes)(?:\[\d+\]|\s*\(\d+ bytes\))?['"]?\s*[:=]/
    }

    /// `Notification handle = 0x0011 value: 16 4d` without the text before the bytes, and nRF Connect's log
    /// `"(0x) 16-4D" received` without the text behind them.
    private static func withoutLabel(_ text: Substring) -> Substring {
        var value = text.matches(of: label).last.map { text[$0.range.upperBound...] } ?? text
        // A declaration, `uint8_t packet[4] = {0x16, …}`, or a length, `Uint8Array(4) [22, …]`: no bytes of the packet.
        let head = value.prefixMatch(of: /[^\[{<=]*[A-Za-z_][^={<]*=\s*(?=[\[{])|\s*[A-Za-z]\w*\s*\(\d+\)\s*(?=[\[{<])/)
        if let head { value = value[head.range.upperBound...] }
        let logged = value.firstMatch(of: /\(0x\)\s*(?<bytes>[0-9a-fA-F\- :]*[0-9a-fA-F])"?(?:\s+received)?\s*$/)
        return logged?.bytes ?? value
    }

    /// The bytes of a dump: without the offset of its first line, and without the same bytes as characters.
    private static func withoutDumpColumns(_ text: Substring) -> Substring {
        // An offset of 0 stands in 7 or 8 digits, with a colon (xxd) or two spaces (hexdump -C) behind.
        let offset = text.prefixMatch(of: /\s*0{7,8}(?::\s*|\s\s)/)
        let behind = offset.map { text[$0.range.upperBound...] } ?? text
        let characters = behind.firstMatch(of: /\s\s\|.*\|\s*$/)
        return withoutCharacterColumn(characters.map { behind[..<$0.range.lowerBound] } ?? behind)
    }

    /// A dump shows its bytes once more as characters, behind some spaces: at most as many as there are bytes.
    private static func withoutCharacterColumn(_ text: Substring) -> Substring {
        let dump = text.wholeMatch(of: /\s*((?:(?:[0-9a-fA-F]{2}){1,2} )*(?:[0-9a-fA-F]{2}){1,2})\s{2,}(\S.*?)\s*/)
        guard let (_, bytes, characters) = dump?.output else { return text }
        return characters.count <= bytes.count(where: \.isHexDigit) / 2 ? bytes : text
    }

}

// MARK: - Text with escapes

extension PastedPacket {
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

    /// Only with its padding: other words of four letters may be anything. Nil for another form.
    private static func base64(_ text: Substring) throws(Problem) -> [UInt8]? {
        let words = text.split { " \t\r\n\"'`".contains($0) }
        guard words.count == 1, let word = words.first, word.count >= 4, word.count.isMultiple(of: 4),
            word.wholeMatch(of: /[A-Za-z0-9+\/]+={0,2}/) != nil,
            !word.allSatisfy(\.isHexDigit), !word.lowercased().hasPrefix("0x")
        else { return nil }
        guard word.hasSuffix("=") else { throw .perhapsBase64 }
        var bits = 0
        var buffer: UInt32 = 0
        var bytes: [UInt8] = []
        for letter in word.utf8 where letter != UInt8(ascii: "=") {
            buffer = buffer << 6 | sextet(letter)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
        }
        // Bits that are left over are zero in Base64 (RFC 4648, section 3.5).
        guard buffer & (1 << UInt32(bits) - 1) == 0 else { throw .notHexadecimal }
        return bytes
    }

    private static func sextet(_ letter: UInt8) -> UInt32 {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        default: 63
        }
    }
}

// MARK: - Numbers

extension PastedPacket {
    private static func numbers(in text: Substring) throws(Problem) -> (bytes: [UInt8], notice: String?) {
        let separators: Set<Character> = [
            " ", "\t", "-", ":", ",", ";", "(", ")", "[", "]", "{", "}", "<", ">", "\"", "'", "\r", "\u{FEFF}",
        ]
        let noise: Set<String> = ["0x", "buffer", "bytes", "bytearray", "hex", "array", "uint8array", "uint8", "byte"]
        let words = text.lowercased().split(whereSeparator: separators.contains).map(String.init)
            .filter { !noise.contains($0) }
        let isMarked = words.contains { $0.hasPrefix("0x") }
        // "[22, 0x48]": programs mark all numbers of a list, or none.
        if isMarked, Listing(text) != .none, !words.allSatisfy({ $0.hasPrefix("0x") }) { throw .twoWays }
        let bare = words.map { $0.hasPrefix("0x") ? String($0.dropFirst(2)) : $0 }
        guard bare.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isHexDigit } }) else { throw .notHexadecimal }
        if !isMarked, bare.count > 1, bare.allSatisfy({ $0.allSatisfy(\.isNumber) }) {
            if let signed = try signedDecimals(text) { return (signed, "read as signed decimals") }
            if let list = try decimals(bare, Listing(text)) { return (list, "read as decimal numbers") }
        }
        // "0x6, 0x48": a lone digit behind a mark is a byte of its own.
        let pairs = bare.map { isMarked && $0.count == 1 ? "0" + $0 : $0 }
        guard pairs.allSatisfy({ $0.count.isMultiple(of: 2) }) else { throw .unevenDigits }
        let digits = pairs.joined().compactMap(\.hexDigitValue).map { UInt8($0) }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let isCertain = isMarked || bare.count == 1 || text.contains("<")
        let mayBeDecimal = !isCertain && bare.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isNumber) }
        return (bytes, mayBeDecimal ? "read as hexadecimal" : nil)
    }

    /// The signs around and between the numbers.
    private enum Listing {
        /// `[22, 72]`: programs write decimals so.
        case brackets
        /// `22, 72`
        case commas
        case none

        init(_ text: Substring) {
            let hasCommas = text.contains { ",;".contains($0) }
            self = !hasCommas ? .none : text.contains { "[({".contains($0) } ? .brackets : .commas
        }
    }

    /// The bytes of a list of decimals; nil where the words are hexadecimal for sure.
    private static func decimals(_ words: [String], _ listing: Listing) throws(Problem) -> [UInt8]? {
        // A byte in hexadecimal has two digits, and a decimal no zero in front.
        let isHexadecimal = words.contains { $0.count > 1 && $0.hasPrefix("0") } || words.contains { $0.count > 3 }
        if isHexadecimal { return nil }
        if listing != .brackets, words.allSatisfy({ $0.count == 2 }) {
            if listing == .commas { throw .twoWays }
            return nil
        }
        guard listing != .none || words.contains(where: { $0.count == 3 }) else { throw .twoWays }
        let bytes = words.compactMap { UInt8($0) }
        guard bytes.count == words.count else { throw .notBytes }
        return bytes
    }

    /// Java and Kotlin write bytes from -128 to 127; nil for a list without a minus sign.
    private static func signedDecimals(_ text: Substring) throws(Problem) -> [UInt8]? {
        guard text.contains(/[\[({,;]\s*-\d/) else { return nil }
        let words = text.split { " \t[](){},;\r".contains($0) }
        let numbers = words.compactMap { Int8($0) }
        guard numbers.count == words.count else { throw .notBytes }
        return numbers.map { UInt8(bitPattern: $0) }
    }
}
