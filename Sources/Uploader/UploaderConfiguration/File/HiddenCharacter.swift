/// A character that no editor shows, as web pages and chats put them around a text. A key with one is another key.
struct HiddenCharacter {
    let scalar: Unicode.Scalar

    var message: String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "has a character that cannot be seen (U+\(digits)): delete the line, and type it again"
    }

    /// Removes them up to the value, and behind it. Within a value they stay. Nil if there is none.
    static func removed(from line: inout String) -> HiddenCharacter? {
        guard line.unicodeScalars.contains(where: isHidden) else { return nil }
        let scalars = line.unicodeScalars
        guard scalars.first(where: { $0 != " " && !isHidden($0) }) != "#" else { return nil }
        let colon = scalars.firstIndex(of: ":") ?? scalars.startIndex
        let value = scalars[colon...].firstIndex { $0 != ":" && $0 != " " && !isHidden($0) } ?? scalars.endIndex
        let last = scalars.lastIndex { $0 != " " && !isHidden($0) }
        let end = max(value, last.map(scalars.index(after:)) ?? value)
        let around = [scalars[..<value], scalars[end...]]
        guard let hidden = around.lazy.compactMap({ $0.first(where: isHidden) }).first else { return nil }
        var plain = String.UnicodeScalarView(around[0].filter { !isHidden($0) })
        plain.append(contentsOf: scalars[value..<end])
        plain.append(contentsOf: around[1].filter { !isHidden($0) })
        line = String(plain)
        return HiddenCharacter(scalar: hidden)
    }

    /// Not the joiners and the tags, with which some emoji and some scripts end.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isASCII && scalar.properties.generalCategory == .format
            && !(0x200C...0x200D).contains(scalar.value) && scalar.value < 0xE0000
    }
}
