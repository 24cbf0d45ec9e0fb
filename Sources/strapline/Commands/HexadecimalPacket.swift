/// Bytes as people paste them: `164D1603`, `16 4D 16 03`, `0x16-4D-16-03`, `(0x) 16-4D`, `[0x16, 0x4d]`.
enum HexadecimalPacket {
    /// The bytes that `text` stands for; nil where it is not hexadecimal.
    static func bytes(of text: String) -> [UInt8]? {
        let separators: Set<Character> = [" ", "\t", "-", ":", ",", "(", ")", "[", "]", "<", ">", "\"", "\r"]
        var digits: [UInt8] = []
        for word in text.split(whereSeparator: separators.contains) {
            let bare = word.lowercased().hasPrefix("0x") ? word.dropFirst(2) : word
            let values = bare.compactMap { $0.isASCII ? $0.hexDigitValue : nil }
            guard values.count == bare.count else { return nil }
            // "0x6, 0x48": a lone digit between separators is a byte of its own
            if values.count == 1 { digits.append(0) }
            digits += values.map { UInt8($0) }
        }
        guard digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
