import DBus

/// Random values of random types, the same for the same seed.
struct RandomValues: RandomNumberGenerator {
    private static let basicTypes = Array("ybnqiuxtdsog")
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// xorshift64
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func value() -> BusValue {
        value(of: type(depth: 0))
    }

    private mutating func type(depth: Int) -> Signature {
        let text: String
        switch Int.random(in: 0..<(depth < 4 ? 10 : 5), using: &self) {
        case 5, 6: text = "a" + type(depth: depth + 1).string
        case 7: text = "a{" + basicType() + type(depth: depth + 1).string + "}"
        case 8: text = "(" + type(depth: depth + 1).string + type(depth: depth + 1).string + ")"
        case 9: text = "v"
        default: text = basicType()
        }
        return Signature(text) ?? "s"
    }

    private mutating func basicType() -> String {
        String(Self.basicTypes[Int.random(in: 0..<Self.basicTypes.count, using: &self)])
    }

    private mutating func value(of type: Signature) -> BusValue {
        let rest = String(type.string.dropFirst())
        switch type.string.first {
        case "y": return .byte(.random(in: .min ... .max, using: &self))
        case "b": return .boolean(.random(using: &self))
        case "n": return .int16(.random(in: .min ... .max, using: &self))
        case "q": return .uint16(.random(in: .min ... .max, using: &self))
        case "i": return .int32(.random(in: .min ... .max, using: &self))
        case "u": return .uint32(.random(in: .min ... .max, using: &self))
        case "x": return .int64(.random(in: .min ... .max, using: &self))
        case "t": return .uint64(.random(in: .min ... .max, using: &self))
        case "d": return .double(.random(in: -1e9...1e9, using: &self))
        case "o": return .objectPath(ObjectPath("/p\(next() % 1000)/q") ?? "/")
        case "g": return .signature(self.type(depth: 2))
        case "v": return .variant(value(of: self.type(depth: 3)))
        case "(": return structure(of: rest.dropLast())
        case "a" where rest == "y": return .bytes((0..<count()).map { _ in UInt8(truncatingIfNeeded: next()) })
        case "a" where rest.hasPrefix("{"): return dictionary(of: rest.dropFirst().dropLast())
        case "a":
            let element = Signature(rest) ?? "s"
            return .array(of: element, (0..<count()).map { _ in value(of: element) })
        default: return .string((0..<count()).map { _ in "aé心💓"[Int.random(in: 0..<4, using: &self)] }.joined())
        }
    }

    private mutating func count() -> Int { .random(in: 0...6, using: &self) }

    private mutating func dictionary(of types: Substring) -> BusValue {
        let key = Signature(String(types.prefix(1))) ?? "s"
        let element = Signature(String(types.dropFirst())) ?? "s"
        var entries: [BusValue: BusValue] = [:]
        for _ in 0..<count() { entries[value(of: key)] = value(of: element) }
        return .dictionary(key: key, value: element, entries)
    }

    /// `types` are two complete types; the first is the shortest prefix that is one and leaves another.
    private mutating func structure(of types: Substring) -> BusValue {
        for length in 1..<types.count {
            let (first, second) = (String(types.prefix(length)), String(types.dropFirst(length)))
            if let first = Signature(first), let second = Signature(second) {
                return .structure([value(of: first), value(of: second)])
            }
        }
        return .structure([.byte(0)])
    }
}

extension String {
    fileprivate subscript(offset: Int) -> String { String(self[index(startIndex, offsetBy: offset)]) }
}
