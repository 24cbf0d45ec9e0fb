/// The address of a Bluetooth device or adapter, such as `C4:11:22:33:44:55`.
public struct BluetoothAddress: Sendable, Hashable, LosslessStringConvertible {
    /// Six pairs of upper-case hexadecimal digits between colons, as BlueZ writes it.
    public let description: String

    /// Reads `c4:11:22:33:44:55` or `C4-11-22-33-44-55`. Nil for other text.
    public init?(_ text: String) {
        let pairs = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        let isAddress =
            pairs.count == 6
            && pairs.allSatisfy { pair in pair.utf8.count == 2 && pair.allSatisfy { $0.isASCII && $0.isHexDigit } }
        guard isAddress else { return nil }
        description = pairs.joined(separator: ":").uppercased()
    }

    /// Whether a random address of these digits is private: resolvable (top bits 01) or not (00). Its device changes it
    /// (Core Specification, volume 6, part B, section 1.3.2). For a public address the bits mean nothing.
    public var isPrivateWhenRandom: Bool { firstByte < 0x80 }

    /// Whether the address is certainly private: it has the form of a private address, and the two lowest bits of its
    /// first byte exclude an assigned one (IEEE 802).
    public var isCertainlyPrivate: Bool { isPrivateWhenRandom && firstByte & 0b11 != 0 }

    private var firstByte: UInt8 { UInt8(description.prefix(2), radix: 16) ?? 0 }
}
