/// The bytes of a packet as people paste them.
///
/// | Where from | Form |
/// | --- | --- |
/// | a phone app | `164D1603`, `16 4D 16 03`, `(0x) 16-4D-16-03`, `0x16:4D:16:03` |
/// | btmon, gatttool, bluetoothctl | `Data: 164d1603`, `… value: 16 4d 16 03`, `16 4d 16 03   .M..` |
/// | a log | the same behind a time, a Bluetooth address, 0x2A37 or its UUID |
/// | Python, C, Swift, Node | `b'\x16M\x16\x03'`, `{0x16, 0x4d}`, `bytes = 0x164d1603`, `<Buffer 16 4d>` |
/// | a list of decimals | `[22, 77, 22, 3]`, `[22 77 22 3]`, of signed ones `[22, 77, -86, 3]` |
/// | JavaScript's JSON, busctl, Python's D-Bus | `{"0":22,"1":77}`, `ay 2 22 77`, `dbus.Byte(22), dbus.Byte(77)` |
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
        static let otherNumbers = Problem(
            description: "has other numbers beside the bytes, such as a time, an address or a handle: paste the bytes "
                + "alone, such as 16 4D")
        static let binary = Problem(
            description: "may be binary: write each byte as two of the digits 0-9 and A-F")
        static let swappedWords = Problem(
            description: "hexdump and od swap the bytes of each word: use hexdump -C, xxd or od -t x1")
        static let perhapsBase64 = Problem(
            description: "not hexadecimal. It may be Base64: decode it first, for instance with base64 -d | xxd -p")
    }

    /// Reads the packet that `text` stands for.
    package init(_ text: String) throws(Problem) {
        let value = Self.withoutContext(Self.withoutLabel(Self.withoutColours(text[...])))
        if let list = try TypedByteList.bytes(in: value) {
            (bytes, notice) = (list, "read as decimal numbers")
        } else if let quoted = try Self.escaped(value) {
            (bytes, notice) = (quoted, nil)
        } else if let decoded = try Self.base64(value) {
            (bytes, notice) = (decoded, "read as Base64")
        } else {
            (bytes, notice) = try Self.numbers(in: try Self.withoutDumpColumns(value))
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

    // MARK: The text around the bytes

    /// The text without the escape sequences with which a terminal colours it.
    static func withoutColours(_ text: Substring) -> Substring {
        text.contains("\u{1B}") ? text.replacing(/\x1B\[[0-9;?]*[A-Za-z]/, with: "") : text
    }

    private static var label: some RegexComponent {
        /(?i)(?:value|value\/descriptor|data|bytes)(?:\[\d+\]|\s*\(\d+ bytes\))?['"]?\s*[:=]/
    }

    /// `Notification handle = 0x0011 value: 16 4d` without the text before the bytes, and nRF Connect's log
    /// `"(0x) 16-4D" received` without the text behind them.
    private static func withoutLabel(_ text: Substring) -> Substring {
        var value = text.matches(of: label).last.map { text[$0.range.upperBound...] } ?? text
        // A declaration, `uint8_t packet[4] = {0x16, …}`, or a length, `Uint8Array(4) [22, …]`: no bytes of the packet.
        let head =
            value.prefixMatch(of: /[^\[{<=]*[A-Za-z_][^={<]*=\s*(?=[\[{])/)
            ?? value.prefixMatch(of: /\s*[A-Za-z]\w*\s*\(\d+\)\s*(?=[\[{<0-9a-fA-F])/)
            ?? value.prefixMatch(of: /\s*\(\d+\)\s*(?=[\[{<])/)
            // A call: `new Uint8Array([22, …])`, `array('B', [22, …])`, `bytes.fromhex("16 …")`.
            ?? value.prefixMatch(
                of: /\s*(?:[^=\[{<(]*=\s*)?(?:new\s+)?[A-Za-z][\w.]*\(\s*(?:['"][bB]['"],\s*)?(?=[\["'])/)
        if let head { value = value[head.range.upperBound...] }
        // gdbus names the other changes of the characteristic behind its value.
        if let others = value.firstMatch(of: />?\}?,\s*@as\b/) { value = value[..<others.range.lowerBound] }
        let logged = value.firstMatch(of: /\(0x\)\s*(?<bytes>[0-9a-fA-F\- :]*[0-9a-fA-F])"?(?:\s+received)?\s*$/)
        return logged?.bytes ?? value
    }

    /// The bytes without what a log writes in front of them: a time, a Bluetooth address, the characteristic.
    private static func withoutContext(_ text: Substring) -> Substring {
        var rest = text
        while let found = contexts.lazy.compactMap({ rest.prefixMatch(of: $0) }).first {
            rest = rest[found.range.upperBound...]
        }
        return rest
    }

    private static var contexts: [Regex<Substring>] {
        [
            /\s*\[?(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+\-]\d\d:?\d\d)?\]?[:=,]?\s+(?=\S)/,
            /\s*\[?[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}\]?\s*[:=,]?\s+(?=\S)/,
            /\s*(?:(?:0x)?2[aA]37|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\s*[:=,]?\s+(?=\S)/,
        ]
    }

    /// The bytes of a dump: without the offset of its first line, and without the same bytes as characters.
    private static func withoutDumpColumns(_ text: Substring) throws(Problem) -> Substring {
        if text.prefixMatch(of: /\s*0{7} +[0-9a-fA-F]{4}\b/) != nil { throw .swappedWords }
        // An offset of 0 stands in 4 to 8 digits, with a colon (xxd, tcpdump) or two spaces (hexdump -C, Wireshark)
        // behind; od has 7 digits and one space.
        let offset = text.prefixMatch(of: /\s*(?:(?:0x)?0{4,8}(?::\s*|\s\s)|0{7}\s)/)
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
    /// `b'\x16M'`, `bytearray(b"…")`, `"\x16\x4d"`, `"\026M"`, `"\u0016M"`; nil for another form.
    private static func escaped(_ text: Substring) throws(Problem) -> [UInt8]? {
        let isPython = text.contains("b'") || text.contains("b\"")
        guard isPython || text.contains("\\") else { return nil }
        var rest = text
        if let mark = text.firstIndex(where: { $0 == "'" || $0 == "\"" }), let end = text.lastIndex(of: text[mark]),
            mark < end
        {
            rest = text[text.index(after: mark)..<end]
        }
        var bytes: [UInt8] = []
        while let character = rest.popFirst() {
            guard let byte = character == "\\" ? escape(&rest) : character.asciiValue else { throw .notHexadecimal }
            bytes.append(byte)
        }
        return bytes
    }

    /// The byte of an escape whose backslash is read; nil for none that Python, C or JSON write.
    private static func escape(_ rest: inout Substring) -> UInt8? {
        let letters: [Character: UInt8] = [
            "a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "\\": 92, "'": 39, "\"": 34, "/": 47,
        ]
        guard let kind = rest.first else { return nil }
        let digits: Substring
        switch kind {
        case "x": digits = rest.dropFirst().prefix(2)
        case "u": digits = rest.dropFirst().prefix(4)
        default: digits = rest.prefix(3).prefix { ("0"..."7").contains($0) }
        }
        let isHexadecimal = kind == "x" || kind == "u"
        if digits.isEmpty || isHexadecimal && digits.count != (kind == "x" ? 2 : 4) {
            rest = rest.dropFirst()
            return isHexadecimal ? nil : letters[kind]
        }
        rest = rest[digits.endIndex...]
        // A number's first character is a digit: UInt8 also reads "+1".
        guard digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        return UInt8(digits, radix: isHexadecimal ? 16 : 8)
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
        if isMarked, isPartlyMarked(text, words) { throw .twoWays }
        if words.contains(where: { $0.wholeMatch(of: /0b[01]{8}|(?:[01]{8})+/) != nil }) { throw .binary }
        let bare = words.map { $0.hasPrefix("0x") ? String($0.dropFirst(2)) : $0 }
        guard bare.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isHexDigit } }) else { throw .notHexadecimal }
        if !isMarked, bare.count > 1, bare.allSatisfy({ $0.allSatisfy(\.isNumber) }) {
            if let signed = try signedDecimals(text) { return (signed, "read as signed decimals") }
            if let list = try decimals(bare, Listing(text)) { return (list, "read as decimal numbers") }
        }
        // "0x6, 0x48": a lone digit behind a mark is a byte of its own.
        let pairs = bare.map { isMarked && $0.count == 1 ? "0" + $0 : $0 }
        guard pairs.allSatisfy({ $0.count.isMultiple(of: 2) }) else { throw .unevenDigits }
        if hasOtherNumbers(text, pairs, isMarked: isMarked) { throw .otherNumbers }
        let digits = pairs.joined().compactMap(\.hexDigitValue).map { UInt8($0) }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let isCertain = isMarked || bare.count == 1 || text.contains("<")
        let mayBeDecimal = !isCertain && bare.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isNumber) }
        return (bytes, mayBeDecimal ? "read as hexadecimal" : nil)
    }

    /// `[22, 0x48]`, `0x00 72`: programs mark all numbers, or none. nRF Connect marks the first of `0x16-4D`.
    private static func isPartlyMarked(_ text: Substring, _ words: [String]) -> Bool {
        let unmarked = words.filter { !$0.hasPrefix("0x") }
        guard !unmarked.isEmpty else { return false }
        if Listing(text) != .none { return true }
        let isOneWord = text.split(whereSeparator: \.isWhitespace).count { $0.contains(where: \.isHexDigit) } == 1
        return !isOneWord && unmarked.allSatisfy { $0.allSatisfy(\.isNumber) }
    }

    /// Whether the numbers are not all of one form: then some of them are a time, an address, a handle or a length.
    private static func hasOtherNumbers(_ text: Substring, _ pairs: [String], isMarked: Bool) -> Bool {
        guard let first = pairs.first, let last = pairs.last, pairs.count > 1 else { return false }
        let groups = text.split(whereSeparator: \.isWhitespace)
        let isJoined = groups.contains { $0.contains(/[0-9a-fA-F][:\-][0-9a-fA-F]/) }
        if isJoined, groups.count(where: { $0.contains(/[0-9a-fA-F]{2}/) }) > 1 { return true }
        // The last word of a dump may be shorter. Marked words are of one byte each.
        let isEven = pairs.dropLast().allSatisfy { $0.count == first.count } && last.count <= first.count
        return !isEven || isMarked && first.count > 2
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
            let hasBrackets = text.contains { "[({".contains($0) }
            // Go and NumPy write `[22 72]`.
            self = hasCommas ? (hasBrackets ? .brackets : .commas) : text.contains("[") ? .brackets : .none
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
