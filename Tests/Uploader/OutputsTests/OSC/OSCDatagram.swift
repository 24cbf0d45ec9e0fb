/// A datagram as a receiver reads it, in the words of `oscdump`: `/avatar/parameters/HR i 72`.
struct OSCDatagram: Equatable, CustomStringConvertible {
    let address: String
    let types: String
    let values: [String]

    /// Nil for bytes that are no message.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        guard bytes.count.isMultiple(of: 4), let address = Self.text(&rest), let tags = Self.text(&rest),
            tags.first == ","
        else { return nil }
        self.address = address
        types = String(tags.dropFirst())
        var values: [String] = []
        for type in types {
            switch type {
            case "i":
                guard let number = Self.number(&rest) else { return nil }
                values.append("\(Int32(bitPattern: number))")
            case "f":
                guard let number = Self.number(&rest) else { return nil }
                values.append("\(Float(bitPattern: number))")
            case "s":
                guard let text = Self.text(&rest) else { return nil }
                values.append(text)
            case "T", "F": break
            default: return nil
            }
        }
        guard rest.isEmpty else { return nil }
        self.values = values
    }

    var description: String { ([address, types] + values).joined(separator: " ") }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let end = rest.firstIndex(of: 0) else { return nil }
        let length = end - rest.startIndex
        let text = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest.dropFirst(length + 4 - length % 4)
        return text
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
        guard rest.count >= 4 else { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
