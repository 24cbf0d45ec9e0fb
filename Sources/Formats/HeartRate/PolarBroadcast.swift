/// The heart rate that Polar straps broadcast without a connection, in the manufacturer data of company 0x006B.
///
/// After the company identifier stand blocks: one whose first byte has bit 0x40 set is skipped (its length stands in the
/// second byte), the first other one is the heart rate. Content of three or four bytes is that block itself.
public struct PolarBroadcast: Sendable, Hashable {
    /// Polar Electro Oy in the Bluetooth SIG's list of company identifiers.
    public static let companyIdentifier: UInt16 = 0x006B

    /// Beats per minute: the only value that the strap sends, or of two the second one, averaged over a longer time. It is
    /// the one that Polar's own library shows; H10s send 0 as the first.
    public var beatsPerMinute: UInt8
    /// Beats per minute, averaged over a short time, of a strap that sends two values.
    public var fastAverageBeatsPerMinute: UInt8?
    public var isContactDetected: Bool
    /// Called "battery status" by Polar's library. It is set in every capture that is published, so it hardly means that
    /// the battery is low.
    public var hasBatteryStatus: Bool
    /// Counts 0 to 7 and over again with every new value: the same counter is the same value heard again.
    public var counter: UInt8

    /// Reads the content of Polar's manufacturer data, without the company identifier; nil where it holds no heart rate.
    public init?(decoding content: some Sequence<UInt8>) {
        var bytes = Array(content)[...]
        let isBareBlock = bytes.count == 3 || bytes.count == 4
        while !isBareBlock, let first = bytes.first, first & 0x40 != 0 {
            guard bytes.count >= 2 else { return nil }
            bytes = bytes.dropFirst(Int(bytes[bytes.startIndex + 1]) + 2)
        }
        guard bytes.count >= 3 else { return nil }
        let block = Array(bytes.prefix(4))
        hasBatteryStatus = block[0] & 0x01 != 0
        isContactDetected = block[0] & 0x02 != 0
        counter = block[0] >> 2 & 0x07
        beatsPerMinute = block[block.count - 1]
        fastAverageBeatsPerMinute = block.count > 3 ? block[2] : nil
    }
}
