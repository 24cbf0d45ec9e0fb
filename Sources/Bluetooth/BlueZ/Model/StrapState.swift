import TextFormats

/// How it stands with one strap.
public struct StrapState: Sendable, Hashable {
    /// The word for it, the same everywhere from the log to the web page.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Looked for; not seen yet.
        case searching
        /// Seen, and being connected.
        case connecting
        /// Connected; its services are being read.
        case resolving
        /// Its measurements are asked for; none has come yet.
        case subscribing
        /// Heart rate comes.
        case live
        /// Connected, but nothing comes; the link is being renewed, unless it is another program's.
        case stale
        /// Measurements come, but none is a heart rate: no skin contact, or 0 beats per minute.
        case noContact = "no contact"
        /// It was there and is gone, or could not be had; looked for again.
        case disconnected
        /// Nothing can be done until somebody mends the machine.
        case blocked
    }

    /// The device that a strap turned out to be.
    public struct Device: Sendable, Hashable {
        public var address: BluetoothAddress
        /// nil when the device has not told its name.
        public var name: String?
    }

    public var phase: Phase
    /// Why, where there is more to say than the phase does.
    public var reason: Reason?
    /// nil until a device is found.
    public var device: Device?

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
