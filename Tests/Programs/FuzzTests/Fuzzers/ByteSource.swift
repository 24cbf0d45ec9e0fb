/// Takes a fuzzer's bytes apart into several pieces.
struct ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// 0 when nothing is left.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// As many bytes as the next one says, or the rest.
    mutating func piece() -> [UInt8] {
        let count = Int(byte())
        let piece = rest.prefix(count)
        rest = rest.dropFirst(piece.count)
        return Array(piece)
    }

    /// The next two bytes as a number.
    mutating func word() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}
