import HeartRate

extension Fuzzer {
    /// A decoded packet encodes to the same bytes again, without the parts that the encoder omits: reserved flags, a
    /// contact bit that means nothing, a wide rate that fits a byte, the flag of an RR field without intervals, and
    /// trailing bytes.
    static let heartRate = Fuzzer(name: "heart-rate") { bytes in
        _ = BodySensorLocation(decoding: bytes)
        guard let (measurement, trailing) = try? HeartRateMeasurement.decode(bytes) else {
            try hold(bytes.count < 5, "only short packets are refused")
            return
        }
        let encoded = measurement.encoded()
        try hold(try HeartRateMeasurement(decoding: encoded), is: measurement, "the encoded packet is equal")
        let isWide = bytes[0] & 1 != 0 && measurement.beatsPerMinute < 256
        try hold(encoded.count + trailing + (isWide ? 1 : 0), is: bytes.count, "no byte is lost")
        let meaningful: UInt8 = measurement.contact == .unsupported ? 0b1_1000 : 0b1_1110
        let withoutIntervals: UInt8 = measurement.rrIntervals.isEmpty ? 0b1_0000 : 0
        if !isWide {
            try hold(encoded[0] & ~1, is: bytes[0] & meaningful & ~withoutIntervals, "the flags are the same")
            try hold(
                Array(encoded.dropFirst()), is: Array(bytes.dropFirst().dropLast(trailing)), "the fields are the same")
        }
    }

    /// A decoded broadcast encodes to an equal one.
    static let broadcast = Fuzzer(name: "broadcast") { bytes in
        guard let broadcast = PolarBroadcast(decoding: bytes) else { return }
        try hold(broadcast.counter < 8, "the counter has three bits")
        try hold(PolarBroadcast(decoding: broadcast.encoded()), is: broadcast, "the encoded broadcast is equal")
        _ = HeartRateMeasurement(broadcast).isHeartRate
    }
}
