import BlueZ
import BlueZSimulator
import DBus
import Logging
import Testing

/// Tests code that uses Bluetooth against a fake bluetoothd, on a private bus.
@Suite(.timeLimit(.minutes(1))) struct FakeBluetoothdTests {
    @Test func scan_whenAStrapIsInRange_findsIt() async throws {
        try await MessageBus.run { address in
            let simulator = try await Simulator.start(on: address)
            await simulator.add(SimulatedStrap(address: "C0:FF:EE:00:00:01", name: "Strap"))
            let (names, source) = AsyncStream.makeStream(of: String.self)

            let bluetooth = Bluetooth(
                logger: Logger(label: "test"), openBus: { try await Bus.connect(to: address) })
            try await bluetooth.scan(until: { for await name in names where name == "Strap" { return } }) { devices in
                for device in devices { source.yield(device.name ?? "") }
            }
            #expect(await simulator.status.adapters["hci0"]?.discoveriesStarted == 1)
        }
    }
}
