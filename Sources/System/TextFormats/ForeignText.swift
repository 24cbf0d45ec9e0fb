/// A text of unknown encoding, as editors and spreadsheets of all systems save it.
package enum ForeignText {
    /// The bytes as UTF-8, without a byte order mark. The mark also identifies text saved as UTF-16 ("Unicode").
    package static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
        if bytes.starts(with: [0xFF, 0xFE]) { return decoding(bytes.dropFirst(2), isLittleEndian: true) }
        if bytes.starts(with: [0xFE, 0xFF]) { return decoding(bytes.dropFirst(2), isLittleEndian: false) }
        return bytes
    }

    private static func decoding(_ bytes: ArraySlice<UInt8>, isLittleEndian: Bool) -> [UInt8] {
        let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { place in
            let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            return isLittleEndian ? second << 8 | first : first << 8 | second
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
