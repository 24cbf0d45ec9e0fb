/// Takes numbers and texts from the front of bytes; nil where they end before.
struct ByteReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func read<Number: FixedWidthInteger>() -> Number? {
        guard let bytes = read(count: Number.bitWidth / 8) else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func readString() -> String? {
        guard let count: UInt32 = read(), let bytes = read(count: Int(count)) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    mutating func read(count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
