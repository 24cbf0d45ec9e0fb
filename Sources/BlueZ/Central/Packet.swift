import DBus
import HeartRate
import Timing

/// A notification of Heart Rate Measurement, read and stamped on the bus's thread.
struct Packet: Sendable {
    enum Content: Equatable, Sendable {
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
        self.init(decoding: bytes, arrival: time.now())
    }

    init(decoding bytes: [UInt8], arrival: Moment) {
        self.arrival = arrival
        do {
            content = .measurement(try HeartRateMeasurement(decoding: bytes))
        } catch {
            content = .malformed(bytes, error)
        }
    }
}
