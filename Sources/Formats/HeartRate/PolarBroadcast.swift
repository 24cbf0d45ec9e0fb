/// The heart rate that Polar straps broadcast without a connection, in the manufacturer data of company 0x006B.
///
/// ```swift
/// let broadcast = PolarBroadcast(decoding: [0x03, 0x00, 0x48])
/// broadcast?.beatsPerMinute               // 72
/// ```
///
/// The content is a list of blocks. A block with bit 0x40 in its first byte is skipped; its second byte is its length.
/// The first other block is the heart rate. A content of three or four bytes is that block. The format follows Polar's
/// own library ([polar-ble-sdk](https://github.com/polarofficial/polar-ble-sdk)).
public struct PolarBroadcast: Sendable, Hashable {
    /// Polar Electro Oy in the Bluetooth SIG's list of company identifiers.
    public static let companyIdentifier: UInt16 = 0x006B

    /// Beats per minute: the only value, or the second of two, which is averaged over a longer time. Polar's own
    /// library shows this one. An H10 sends 0 as the first.
    public var beatsPerMinute: UInt8
    /// Beats per minute averaged over a short time, from a strap that sends two values.
    public var fastAverageBeatsPerMinute: UInt8?
    /// Whether the strap has skin contact.
    public var isContactDetected: Bool
    /// The bit that Polar's library calls "battery status". It is set in every published capture, so it hardly means a
    /// low battery.
    public var hasBatteryStatus: Bool
    /// Counts from 0 to 7 and starts again. An equal counter means a repeated broadcast.
    public var counter: UInt8

    /// Reads the content of Polar's manufacturer data without the company identifier. Nil without a heart rate.
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

extension PolarBroadcast {
    /// Makes the broadcast of a strap that sends one value.
    ///
    /// `counter` grows with every new value. Only its lowest three bits are sent.
    public init(beatsPerMinute: UInt8, isContactDetected: Bool = true, counter: UInt8 = 0) {
        self.beatsPerMinute = beatsPerMinute
        self.isContactDetected = isContactDetected
        hasBatteryStatus = true
        self.counter = counter & 0x07
    }

    /// The content of Polar's manufacturer data in the shortest form, the heart rate block.
    public func encoded() -> [UInt8] {
        let head = (hasBatteryStatus ? 0x01 : 0) | (isContactDetected ? 0x02 : 0) | counter << 2
        return [head, 0] + (fastAverageBeatsPerMinute.map { [$0] } ?? []) + [beatsPerMinute]
    }
}
