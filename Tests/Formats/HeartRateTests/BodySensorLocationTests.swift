import HeartRate
import Testing

@Suite struct BodySensorLocationTests {
    @Test(arguments: zip([UInt8(0), 1, 2, 3, 4, 5, 6], BodySensorLocation.allCases))
    func decode_ofKnownValue_namesThePlace(value: UInt8, expected: BodySensorLocation) {
        #expect(BodySensorLocation(decoding: [value]) == expected)
    }

    @Test func decode_ofReservedValueOrNothing_isNil() {
        #expect(BodySensorLocation(decoding: [7]) == nil)
        #expect(BodySensorLocation(decoding: []) == nil)
    }
}
