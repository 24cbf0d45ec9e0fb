import DBus
import Timing

/// What `org.bluez.GattCharacteristic1` of Heart Rate Measurement signals, stamped on the bus's thread.
enum Notification: Sendable {
    /// bluetoothd listens to the strap now, and did not before, whoever has asked for it.
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
