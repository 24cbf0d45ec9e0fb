extension HeartRateMeasurement {
    /// Why bytes are not a Heart Rate Measurement: they end before a field that their flags announce.
    public struct DecodingError: Error, Equatable, CustomStringConvertible {
        public enum Field: String, Sendable {
            case flags
            case beatsPerMinute = "heart rate"
            case energyExpended = "energy expended"
        }

        /// The first field that is cut off.
        public let missing: Field
        /// How many bytes there were.
        public let byteCount: Int

        public var description: String {
            "too short: \(byteCount) byte\(byteCount == 1 ? "" : "s"), cut off at the \(missing.rawValue)"
        }
    }

    /// Reads a measurement from the bytes of a notification; any bytes are safe.
    ///
    /// Reserved flags are ignored, as the specification asks. Without the flag for RR intervals whatever follows the
    /// last field is trailing, with it only an odd last byte is: see ``decode(_:)`` for their number.
    public init(decoding bytes: some Sequence<UInt8>) throws(DecodingError) {
        self = try Self.decode(bytes).measurement
    }

    /// Reads a measurement from an array of bytes, without the cost of a generic call.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        self = try Self.decode(array: bytes).measurement
    }

    /// Like ``init(decoding:)-(Sequence<UInt8>)``, and returns the number of bytes after the last field: some straps and
    /// many captures have them.
    public static func decode(
        _ bytes: some Sequence<UInt8>
    ) throws(DecodingError) -> (measurement: HeartRateMeasurement, trailingByteCount: Int) {
        try decode(array: Array(bytes))
    }

    private static func decode(
        array bytes: [UInt8]
    ) throws(DecodingError) -> (measurement: HeartRateMeasurement, trailingByteCount: Int) {
        var reader = LittleEndianReader(bytes)
        func cutOff(at field: DecodingError.Field) -> DecodingError {
            DecodingError(missing: field, byteCount: reader.byteCount)
        }
        guard let flags = reader.byte().map(Flags.init(rawValue:)) else { throw cutOff(at: .flags) }
        let rate = flags.contains(.wideHeartRate) ? reader.word() : reader.byte().map(UInt16.init)
        guard let rate else { throw cutOff(at: .beatsPerMinute) }
        var measurement = HeartRateMeasurement(beatsPerMinute: rate, contact: flags.contact)
        if flags.contains(.energyExpended) {
            guard let energy = reader.word() else { throw cutOff(at: .energyExpended) }
            measurement.energyExpendedKilojoules = energy
        }
        if flags.contains(.rrIntervals) {
            while let interval = reader.word() { measurement.rrIntervals.append(interval) }
        }
        return (measurement, reader.remaining)
    }
}
