/// The address of a Bluetooth device or adapter, such as `C4:11:22:33:44:55`.
public struct BluetoothAddress: Sendable, Hashable, LosslessStringConvertible {
    /// Six pairs of upper-case hexadecimal digits between colons, as BlueZ writes it.
    public let description: String

    /// Reads `c4:11:22:33:44:55` or `C4-11-22-33-44-55`; nil for anything else.
    public init?(_ text: String) {
        let pairs = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        let isAddress =
            pairs.count == 6
            && pairs.allSatisfy { pair in pair.utf8.count == 2 && pair.allSatisfy { $0.isASCII && $0.isHexDigit } }
        guard isAddress else { return nil }
        description = pairs.joined(separator: ":").uppercased()
    }
}
