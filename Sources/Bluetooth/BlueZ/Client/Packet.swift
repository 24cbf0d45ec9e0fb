import DBus
import HeartRate
import Timing

/// A notification of Heart Rate Measurement, or a broadcast, read and stamped on the bus's thread.
struct Packet: Sendable {
    enum Content: Equatable, Sendable {
        case measurement(HeartRateMeasurement)
        case malformed([UInt8], HeartRateMeasurement.DecodingError)
        case broadcast(PolarBroadcast)
    }

    var content: Content
    var arrival: Moment

    /// Nil when the signal carries no new value.
    init?(_ signal: borrowing Message, time: any TimeSource) {
        guard let bytes = signal.changedBytes("Value", of: "org.bluez.GattCharacteristic1") else { return nil }
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

    /// Nil when the signal of a device carries no heart rate that it broadcasts.
    init?(ofDevice signal: borrowing Message, time: any TimeSource) {
        let data = signal.changedProperty("ManufacturerData", of: "org.bluez.Device1") { (value) throws(BusError) in
            try value.readManufacturerData(of: PolarBroadcast.companyIdentifier)
        }
        guard let content = data ?? nil, let broadcast = PolarBroadcast(decoding: content) else { return nil }
        arrival = time.now()
        self.content = .broadcast(broadcast)
    }
}

extension MessageReader {
    /// Reads an `a{qv}`; nil when this company is not in it.
    fileprivate mutating func readManufacturerData(of company: UInt16) throws(BusError) -> [UInt8]? {
        var content: [UInt8]?
        try readArray { (entries) throws(BusError) in
            try entries.readEntry { (entry) throws(BusError) in
                guard try entry.readUInt16() == company else { return }
                content = try entry.readVariant { (value) throws(BusError) in try value.readBytes() }
            }
        }
        return content
    }
}

/// What `org.bluez.GattCharacteristic1` of Heart Rate Measurement signals, stamped on the bus's thread.
enum Notification: Sendable {
    /// bluetoothd has subscribed to the strap, for any program.
    case begun(Moment)
    case packet(Packet)

    /// Nil when the signal carries neither.
    init?(_ signal: borrowing Message, time: any TimeSource) {
        if let packet = Packet(signal, time: time) {
            self = .packet(packet)
            return
        }
        let isNotifying = signal.changedProperty("Notifying", of: "org.bluez.GattCharacteristic1") {
            (value) throws(BusError) in try value.readBoolean()
        }
        guard isNotifying == true else { return nil }
        self = .begun(time.now())
    }
}
