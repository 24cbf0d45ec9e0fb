import DBus
import HeartRate
import Timing

/// A notification of Heart Rate Measurement, read and stamped on the bus's thread.
struct Packet: Sendable {
    enum Content: Sendable {
        case measurement(HeartRateMeasurement)
        case malformed([UInt8], HeartRateMeasurement.DecodingError)
    }

    var content: Content
    var arrival: Moment

    /// Nil when the signal carries no new value.
    init?(_ signal: borrowing Message, time: any TimeSource) {
        let value = signal.changedProperty("Value", of: "org.bluez.GattCharacteristic1") { (value) throws(BusError) in
            try value.readBytes()
        }
        guard let bytes = value else { return nil }
        arrival = time.now()
        do {
            content = .measurement(try HeartRateMeasurement(decoding: bytes))
        } catch {
            content = .malformed(bytes, error)
        }
    }
}
