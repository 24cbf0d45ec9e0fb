extension HeartRateMeasurement {
    /// The bytes are not a Heart Rate Measurement: they end before a field that their flags announce.
    public struct DecodingError: Error, Equatable, CustomStringConvertible {
        /// A field of a measurement.
        public enum Field: String, Sendable {
            /// The flags.
            case flags
            /// The heart rate.
            case beatsPerMinute = "heart rate"
            /// The energy expended.
            case energyExpended = "energy expended"
        }

        /// The first missing field.
        public let missing: Field
        /// The number of bytes.
        public let byteCount: Int

        /// The error in one line.
        public var description: String {
            "too short: \(byteCount) byte\(byteCount == 1 ? "" : "s"), cut off at the \(missing.rawValue)"
        }
    }

    /// Reads a measurement from the bytes of a notification. Any bytes are safe.
    ///
    /// Reserved flags are ignored, as the specification requires. Trailing bytes are ignored too: ``decode(_:)``
    /// returns their number.
    public init(decoding bytes: some Sequence<UInt8>) throws(DecodingError) {
        self = try Self.decode(bytes).measurement
    }

    /// Reads a measurement from an array of bytes, without the cost of a generic call.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        self = try Self.decode(array: bytes).measurement
    }

    /// Reads a measurement and the number of bytes after its last field. Some straps and many captures have such bytes.
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
        measurement.receivedFlags = flags
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
