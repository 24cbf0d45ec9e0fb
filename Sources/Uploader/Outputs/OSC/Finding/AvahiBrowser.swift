import DBus

/// Browses the services that machines in the local network announce (DNS-SD, RFC 6763), through the avahi-daemon of
/// this machine. It announces nothing.
struct AvahiBrowser: Sendable {
    /// A service that appears or disappears.
    enum Event: Sendable, Hashable {
        case appeared(Service)
        case disappeared(Service)
        case failed(String)
    }

    /// An announced service. Its name comes from the network.
    struct Service: Sendable, Hashable {
        let interface: Int32
        let protocolNumber: Int32
        let name: String
        let type: String
        let domain: String
    }

    static let daemon = "org.freedesktop.Avahi"
    private static let server = "org.freedesktop.Avahi.Server"
    private static let browser = "org.freedesktop.Avahi.ServiceBrowser"
    /// `AVAHI_IF_UNSPEC` and `AVAHI_PROTO_UNSPEC`.
    private static let any = BusValue.int32(-1)
    /// `AVAHI_PROTO_INET`.
    private static let ipv4 = BusValue.int32(0)

    let bus: Bus

    /// The services of a type, from now on. The first ones come at once.
    func events(of type: String) async throws -> SignalStream<Event> {
        // Listen first: the daemon signals what it knows at once.
        let rule = MatchRule(sender: Self.daemon, interface: Self.browser)
        let events = try await bus.signals(matching: rule) { Self.event($0) }
        try await bus.object("/", of: Self.daemon).call(
            "ServiceBrowserNew", on: Self.server,
            [Self.any, Self.any, .string(type), .string("local"), .uint32(0)])
        return events
    }

    /// The IPv4 address and the port of a service.
    func resolve(_ service: Service) async throws -> (address: String, port: UInt16) {
        try await bus.object("/", of: Self.daemon).call(
            "ResolveService", on: Self.server,
            [
                .int32(service.interface), .int32(service.protocolNumber), .string(service.name),
                .string(service.type), .string(service.domain), Self.ipv4, .uint32(0),
            ]
        ) { (reader) throws(BusError) in
            // Interface, protocol, name, type, domain, host, protocol of the address.
            for _ in 0..<7 { reader.skip() }
            return (try reader.readString(), try reader.readUInt16())
        }
    }

    private static func event(_ signal: borrowing Message) -> Event? {
        switch signal.member {
        case "ItemNew": service(signal).map(Event.appeared)
        case "ItemRemove": service(signal).map(Event.disappeared)
        case "Failure":
            .failed((try? signal.read { (reader) throws(BusError) in try reader.readString() }) ?? "unknown error")
        default: nil
        }
    }

    private static func service(_ signal: borrowing Message) -> Service? {
        try? signal.read { (reader) throws(BusError) in
            Service(
                interface: try reader.readInt32(), protocolNumber: try reader.readInt32(),
                name: try reader.readString(), type: try reader.readString(), domain: try reader.readString())
        }
    }
}
