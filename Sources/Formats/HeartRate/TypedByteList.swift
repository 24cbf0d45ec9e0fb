/// Lists of decimal bytes, each with its place or its type.
enum TypedByteList {
    /// The bytes; nil for a text of another form.
    static func bytes(in text: Substring) throws(PastedPacket.Problem) -> [UInt8]? {
        if let numbered = try numbered(text) { return numbered }
        if let bus = text.firstMatch(of: /\bay (?<count>\d{1,3})(?<bytes>(?: \d{1,3})+)\s*$/) {
            let bytes = try decimals(bus.bytes.split(separator: " "))
            guard bytes.count == Int(bus.count) else { throw .otherNumbers }
            return bytes
        }
        // Python's D-Bus, and dbus-monitor. gdbus writes `byte 0x16`.
        let typed = text.matches(of: /(?:dbus\.Byte\(|\bbyte )(\d+)\b/)
        return typed.isEmpty ? nil : try decimals(typed.map(\.output.1))
    }

    /// `{"0":22,"1":77}`, which JavaScript makes of a `Uint8Array`.
    private static func numbered(_ text: Substring) throws(PastedPacket.Problem) -> [UInt8]? {
        let ignored: Set<Character> = [" ", "\t", "\r", "\n", "\"", "'"]
        let plain = text.filter { !ignored.contains($0) }
        guard plain.hasPrefix("{") else { return nil }
        let content = plain.dropFirst().prefix { $0 != "}" }
        let pairs = content.split(separator: ",").map { $0.split(separator: ":") }
        let isNumbered = pairs.allSatisfy { pair in
            pair.count == 2 && pair.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
        }
        guard isNumbered, !pairs.isEmpty else { return nil }
        guard pairs.map({ Int($0[0]) }) == pairs.indices.map({ $0 }) else { throw .otherNumbers }
        return try decimals(pairs.map { $0[1] })
    }

    private static func decimals(_ words: [Substring]) throws(PastedPacket.Problem) -> [UInt8] {
        let bytes = words.compactMap { UInt8($0) }
        guard bytes.count == words.count else { throw .notBytes }
        return bytes
    }
}
