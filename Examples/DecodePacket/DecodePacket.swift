import HeartRate

/// Decodes the bytes of a heart rate notification: `decode-packet 16 4D 16 03`.
@main struct DecodePacket {
    static func main() {
        let bytes = CommandLine.arguments.dropFirst().compactMap { UInt8($0, radix: 16) }
        do {
            let measurement = try HeartRateMeasurement(decoding: bytes)
            print("\(measurement.beatsPerMinute) beats per minute, contact \(measurement.contact)")
            for interval in measurement.rrIntervals {
                print("RR interval \(Int(interval) * 1000 / 1024) ms")
            }
        } catch {
            print("not a measurement: \(error)")
        }
    }
}
