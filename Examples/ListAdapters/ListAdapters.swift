import DBus

/// Lists the Bluetooth adapters that bluetoothd serves.
@main struct ListAdapters {
    static func main() async throws {
        let bus = try await Bus.system()
        let bluez = try await ObjectMirror.start(of: "org.bluez", on: bus, following: [])
        let objects = await bluez.objects
        for path in objects.paths(with: "org.bluez.Adapter1") {
            let adapter = objects.properties(of: "org.bluez.Adapter1", at: path) ?? [:]
            let address = adapter["Address"]?.string ?? "without an address"
            print("\(path) \(address) \(adapter["Powered"]?.boolean == true ? "on" : "off")")
        }
        await bus.close()
    }
}
