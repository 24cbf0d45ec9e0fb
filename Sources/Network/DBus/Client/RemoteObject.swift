/// An object of a service, for calls of its methods and properties. Make one with ``Bus/object(_:of:)``.
///
/// ```swift
/// let adapter = bus.object("/org/bluez/hci0", of: "org.bluez")
/// try await adapter.set("Powered", of: "org.bluez.Adapter1", to: .boolean(true))
/// try await adapter.call("StartDiscovery", on: "org.bluez.Adapter1")
/// ```
public struct RemoteObject: Sendable {
    /// The connection.
    public let bus: Bus
    /// The bus name of the service.
    public let service: String
    /// The path of the object.
    public let path: ObjectPath

    /// Calls a method and returns all values of its reply.
    @discardableResult
    public func call(
        _ member: String, on interface: String, _ arguments: [BusValue] = [],
        timeout: Duration? = BusLimits.callTimeout
    ) async throws -> [BusValue] {
        try await bus.call(methodCall(member, on: interface, arguments), timeout: timeout)
    }

    /// Calls a method and reads its reply with `decode`.
    public func call<Reply: Sendable>(
        _ member: String, on interface: String, _ arguments: [BusValue] = [],
        timeout: Duration? = BusLimits.callTimeout,
        decode: @escaping @Sendable (inout MessageReader) throws(BusError) -> Reply
    ) async throws -> Reply {
        try await bus.call(methodCall(member, on: interface, arguments), timeout: timeout, decode: decode)
    }

    /// The unwrapped value of a property.
    public func property(_ name: String, of interface: String) async throws -> BusValue {
        try await call("Get", on: BusName.properties, [.string(interface), .string(name)]) {
            (reader) throws(BusError) in
            try reader.readVariant { (inner) throws(BusError) in try inner.readValue() }
        }
    }

    /// All properties of an interface, with unwrapped values.
    public func properties(of interface: String) async throws -> [String: BusValue] {
        try await call("GetAll", on: BusName.properties, [.string(interface)]) { (reader) throws(BusError) in
            try reader.readProperties()
        }
    }

    /// Sets a property.
    public func set(_ name: String, of interface: String, to value: BusValue) async throws {
        try await call("Set", on: BusName.properties, [.string(interface), .string(name), .variant(value)])
    }

    private func methodCall(_ member: String, on interface: String, _ arguments: [BusValue]) -> MethodCall {
        MethodCall(destination: service, path: path, interface: interface, member: member, arguments: arguments)
    }
}

extension Bus {
    /// An object of a service by its path. This makes no call.
    public nonisolated func object(_ path: ObjectPath, of service: String) -> RemoteObject {
        RemoteObject(bus: self, service: service, path: path)
    }
}
