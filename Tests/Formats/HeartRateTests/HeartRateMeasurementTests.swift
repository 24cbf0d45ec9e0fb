import HeartRate
import TestKit
import Testing
import Timing

@Suite struct HeartRateMeasurementTests {
    @Test(arguments: try MeasurementVector.all())
    func decode_ofRealCapture_givesWhatTheStrapMeant(vector: MeasurementVector) throws {
        #expect(try HeartRateMeasurement(decoding: vector.bytes) == vector.measurement)
    }

    @Test(arguments: try MalformedVector.all())
    func decode_ofMalformedPacket_keepsWhatIsThereOrRejects(vector: MalformedVector) throws {
        if vector.isRejected {
            #expect(throws: HeartRateMeasurement.DecodingError.self) {
                try HeartRateMeasurement(decoding: vector.bytes)
            }
            return
        }
        let (measurement, trailingByteCount) = try HeartRateMeasurement.decode(vector.bytes)
        if let expected = vector.beatsPerMinute { #expect(measurement.beatsPerMinute == expected) }
        if let expected = vector.rrIntervals { #expect(measurement.rrIntervals == expected) }
        if let expected = vector.rrIntervalCount { #expect(measurement.rrIntervals.count == expected) }
        if let expected = vector.energyExpendedKilojoules {
            #expect(measurement.energyExpendedKilojoules == expected)
        }
        #expect(vector.hasTrailingBytes == (trailingByteCount > 0))
        if vector.isNotUploaded { #expect(!measurement.isHeartRate) }
    }

    @Test(arguments: 0...512)
    func decode_ofAnyBytes_neverTraps(byteCount: Int) {
        var generator = SplitMix64(seed: UInt64(byteCount))
        for _ in 0..<64 {
            let bytes = (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let decoded = try? HeartRateMeasurement.decode(bytes)
            #expect((decoded == nil) == (byteCount < Self.shortest(for: bytes.first)))
        }
    }

    @Test(arguments: 0..<64)
    func decode_ofEncoded_isTheSameMeasurement(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<256 {
            let measurement = HeartRateMeasurement.random(using: &generator)
            let (decoded, trailingByteCount) = try HeartRateMeasurement.decode(measurement.encoded())
            #expect(decoded == measurement)
            #expect(trailingByteCount == 0)
        }
    }

    @Test(arguments: try MeasurementVector.all())
    func encodedAsReceived_ofRealCapture_isTheSamePacket(vector: MeasurementVector) throws {
        let (measurement, trailingByteCount) = try HeartRateMeasurement.decode(vector.bytes)
        #expect(measurement.encodedAsReceived() == vector.bytes.dropLast(trailingByteCount))
    }

    @Test(arguments: 0..<64)
    func encodedAsReceived_ofAnyPacket_isTheSamePacket(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<256 {
            let bytes = (0..<Int.random(in: 2...20, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            guard let (measurement, trailingByteCount) = try? HeartRateMeasurement.decode(bytes) else { continue }
            #expect(measurement.encodedAsReceived() == bytes.dropLast(trailingByteCount))
            #expect(measurement == (try HeartRateMeasurement(decoding: measurement.encoded())))
        }
    }

    @Test func encodedAsReceived_ofAMeasurementThatWasMade_isTheShortest() {
        let measurement = HeartRateMeasurement(beatsPerMinute: 72, contact: .detected, rrIntervals: [853])
        #expect(measurement.encodedAsReceived() == measurement.encoded())
    }

    @Test func decode_ofReservedFlags_ignoresThem() throws {
        #expect(try HeartRateMeasurement(decoding: [0xE6, 60]) == HeartRateMeasurement(decoding: [0x06, 60]))
    }

    @Test func decodingError_ofCutOffPacket_namesTheFieldAndTheLength() {
        #expect(throws: HeartRateMeasurement.DecodingError.self) { try HeartRateMeasurement(decoding: [0x09, 1, 0]) }
        do {
            _ = try HeartRateMeasurement(decoding: [0x09, 1, 0])
        } catch {
            #expect(error.description == "too short: 3 bytes, cut off at the energy expended")
        }
    }

    @Test(arguments: [
        (HeartRateMeasurement(beatsPerMinute: 60, contact: .unsupported), true),
        (HeartRateMeasurement(beatsPerMinute: 60, contact: .detected), true),
        (HeartRateMeasurement(beatsPerMinute: 60, contact: .notDetected), false),
        (HeartRateMeasurement(beatsPerMinute: 0, contact: .detected), false),
    ])
    func isHeartRate_needsBeatsAndNoDeniedContact(measurement: HeartRateMeasurement, expected: Bool) {
        #expect(measurement.isHeartRate == expected)
    }

    /// The shortest packet that the flags allow.
    private static func shortest(for flags: UInt8?) -> Int {
        guard let flags else { return 1 }
        return 2 + (flags & 0x01 != 0 ? 1 : 0) + (flags & 0x08 != 0 ? 2 : 0)
    }
}

extension HeartRateMeasurement {
    fileprivate static func random(using generator: inout some RandomNumberGenerator) -> HeartRateMeasurement {
        HeartRateMeasurement(
            beatsPerMinute: .random(in: 0...(.random(using: &generator) ? 255 : .max), using: &generator),
            contact: SensorContact.allCases.randomElement(using: &generator) ?? .unsupported,
            energyExpendedKilojoules: .random(using: &generator) ? .random(in: 0...(.max), using: &generator) : nil,
            rrIntervals: (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                .random(in: 0...(.max), using: &generator)
            })
    }
}
