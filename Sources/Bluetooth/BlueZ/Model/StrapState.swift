import TextFormats

/// The state of one strap.
public struct StrapState: Sendable, Hashable {
    /// The phase of the connection. The raw value is its word in logs and reports.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Searching; not found yet.
        case searching
        /// Found, and connecting.
        case connecting
        /// Connected; bluetoothd reads the services.
        case resolving
        /// Subscribing; no measurement has come yet.
        case subscribing
        /// Heart rate comes.
        case live
        /// Connected, but nothing comes. The link is renewed, unless another program has made it.
        case stale
        /// Measurements come without a heart rate: no skin contact, or 0 beats per minute.
        case noContact = "no contact"
        /// The connection was lost or has failed; searching again.
        case disconnected
        /// Bluetooth does not work on this machine.
        case blocked
    }

    /// The device of a strap.
    public struct Device: Sendable, Hashable {
        /// The address of the device.
        public var address: BluetoothAddress
        /// The name of the device; nil without one.
        public var name: String?
    }

    /// The phase of the connection.
    public var phase: Phase
    /// The reason for the phase; nil if the phase says all.
    public var reason: Reason?
    /// The device; nil before one is found.
    public var device: Device?

    /// Makes a state.
    public init(phase: Phase, reason: Reason? = nil, device: Device? = nil) {
        self.phase = phase
        self.reason = reason
        self.device = device
    }
}

extension StrapState: CustomStringConvertible {
    /// `disconnected: the link was lost`
    public var description: String {
        reason.map { "\(phase.rawValue): \($0)" } ?? phase.rawValue
    }
}

extension StrapState.Device: CustomStringConvertible {
    /// `HR Strap (C4:11:22:33:44:55)`, in one line: the name comes from the air.
    public var description: String {
        let name = name?.printable() ?? ""
        return name.isEmpty ? address.description : "\(name) (\(address))"
    }
}
