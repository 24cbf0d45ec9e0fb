import DBus
import Synchronization

/// An avahi-daemon on a private bus, which knows the services that a test announces.
final class SimulatedAvahi: Sendable {
    struct Announced: Sendable {
        var name: String
        var address: String
        var port: Int
    }

    private static let browserPath: ObjectPath = "/Client0/ServiceBrowser0"
    private let bus: Bus
    private let services = Mutex<[Announced]>([])

    private init(_ bus: Bus) {
        self.bus = bus
    }

    static func start(on address: String, announcing services: [Announced]) async throws -> SimulatedAvahi {
        let avahi = SimulatedAvahi(try await Bus.connect(to: address))
        avahi.services.withLock { $0 = services }
        let server = ExportedInterface(
            "org.freedesktop.Avahi.Server",
            methods: [
                ExportedMethod("ServiceBrowserNew", input: "iissu", output: "o") { [weak avahi] call in
                    // The real one signals some services before its reply.
                    for service in avahi?.services.withLock({ $0 }) ?? [] {
                        try await avahi?.signal("ItemNew", service, to: call.sender)
                    }
                    return [.objectPath(browserPath)]
                },
                ExportedMethod("ResolveService", input: "iisssiu", output: "iissssisqaayu") { [weak avahi] call in
                    let name = call.arguments[2].string ?? ""
                    guard let found = avahi?.services.withLock({ $0.first { $0.name == name } }) else {
                        throw BusError(name: "org.freedesktop.Avahi.TimeoutError", message: "Timeout reached")
                    }
                    return [
                        .int32(2), .int32(0), .string(name), call.arguments[3], call.arguments[4],
                        .string("pc.local"), .int32(0), .string(found.address), .uint16(UInt16(found.port)),
                        .array(of: "ay", []), .uint32(0),
                    ]
                },
            ])
        try await avahi.bus.export([server], at: "/")
        try await avahi.bus.requestName("org.freedesktop.Avahi")
        return avahi
    }

    /// The service ends.
    func withdraw(_ name: String) async throws {
        guard let service = services.withLock({ $0.first { $0.name == name } }) else { return }
        services.withLock { $0.removeAll { $0.name == name } }
        try await signal("ItemRemove", service, to: nil)
    }

    private func signal(_ member: String, _ service: Announced, to receiver: String?) async throws {
        try await bus.emit(
            Signal(
                path: Self.browserPath, interface: "org.freedesktop.Avahi.ServiceBrowser", member: member,
                arguments: [
                    .int32(2), .int32(0), .string(service.name), .string("_oscjson._tcp"), .string("local"), .uint32(4),
                ], destination: receiver))
    }
}
