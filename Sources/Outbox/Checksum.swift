/// FNV-1a with 64 bits: tells what is whole from what was cut off, and names apart. No protection against intent.
enum Checksum {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
    }
}
