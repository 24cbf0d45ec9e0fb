import BlueZSimulator
import DBus
import TestKit
import Testing

/// Programs that serve GATT objects on the simulated bluetoothd.
@Suite(.timeLimit(.minutes(10)))
struct PeripheralTests {
    private static let application: ObjectPath = "/app"
    private static let advertisement: ObjectPath = "/advertisement"
    private static let reader = "00:11:22:33:44:01"

    private func fixture() async throws -> SimulatorFixture {
        let fixture = try await SimulatorFixture()
        await fixture.bus.exportObjectManager(at: Self.application)
        return fixture
    }

    private func exportService(_ fixture: SimulatorFixture, of service: ObjectPath = "/app/service") async throws {
        try await fixture.bus.export(
            [
                ExportedInterface(
                    "org.bluez.GattService1",
                    properties: [
                        "UUID": .string("0000180d-0000-1000-8000-00805f9b34fb"), "Primary": .boolean(true),
                    ])
            ], at: "/app/service")
        try await fixture.bus.export(
            [
                ExportedInterface(
                    "org.bluez.GattCharacteristic1",
                    properties: [
                        "UUID": .string("00002a37-0000-1000-8000-00805f9b34fb"), "Service": .objectPath(service),
                        "Flags": .strings(["notify"]),
                    ])
            ], at: "/app/service/char")
    }

    private func exportAdvertisement(_ fixture: SimulatorFixture, type: String = "peripheral") async throws {
        try await fixture.bus.export(
            [ExportedInterface("org.bluez.LEAdvertisement1", properties: ["Type": .string(type)])],
            at: Self.advertisement)
    }

    private func register(_ fixture: SimulatorFixture) async -> BusError? {
        await fixture.error(
            of: "RegisterApplication", on: "org.bluez.GattManager1", at: fixture.adapter,
            [.objectPath(Self.application), .properties([:])])
    }

    private func advertise(_ fixture: SimulatorFixture, at path: ObjectPath = advertisement) async -> BusError? {
        await fixture.error(
            of: "RegisterAdvertisement", on: "org.bluez.LEAdvertisingManager1", at: fixture.adapter,
            [.objectPath(path), .properties([:])])
    }

    @Test func application_isReadFromItsClient_once() async throws {
        let fixture = try await fixture()
        #expect(await register(fixture) == BlueZError.noObjectReceived)
        try await exportService(fixture)
        #expect(await register(fixture) == nil)
        #expect(await register(fixture) == BlueZError.alreadyExists)
        #expect(await fixture.simulator.status.adapters["hci0"]?.applications == 1)
    }

    @Test func application_withACharacteristicOfNoService_isRefused() async throws {
        let fixture = try await fixture()
        try await exportService(fixture, of: "/app/other")
        #expect(await register(fixture) == BlueZError.noObjectReceived)
    }

    @Test func advertisement_isRefused_ifItIsNone_orTheAdapterIsOff_orThereAreTooMany() async throws {
        let fixture = try await fixture()
        #expect(await advertise(fixture)?.message == "Failed to parse advertisement.")
        try await exportAdvertisement(fixture, type: "other")
        #expect(await advertise(fixture)?.message == "Failed to parse advertisement.")
        try await exportAdvertisement(fixture)
        #expect(await advertise(fixture) == nil)
        #expect(await advertise(fixture) == BlueZError.alreadyExists)
        for number in 1...3 {
            let path = ObjectPath("/more\(number)") ?? "/more"
            try await fixture.bus.export(
                [ExportedInterface("org.bluez.LEAdvertisement1", properties: ["Type": .string("peripheral")])],
                at: path)
            #expect(await advertise(fixture, at: path) == nil)
        }
        #expect(await advertise(fixture, at: "/fifth") == BlueZError.advertisementsExhausted)
    }

    @Test func registrations_endWithTheirClient() async throws {
        let fixture = try await fixture()
        try await exportService(fixture)
        try await exportAdvertisement(fixture)
        #expect(await register(fixture) == nil)
        #expect(await advertise(fixture) == nil)
        await fixture.bus.close()
        try await fixture.simulator.until { $0.adapters["hci0"]?.applications == 0 }
        #expect(await fixture.simulator.status.adapters["hci0"]?.advertisements.isEmpty == true)
    }

    @Test func reader_connectsOnlyToAnAdvertisement() async throws {
        let fixture = try await fixture()
        await #expect(throws: BlueZError.connectionAbortedByLocal) {
            try await fixture.simulator.connectReader(Self.reader)
        }
        try await exportAdvertisement(fixture)
        #expect(await advertise(fixture) == nil)
        try await fixture.simulator.connectReader(Self.reader)
        let path: ObjectPath = "/org/bluez/hci0/dev_00_11_22_33_44_01"
        _ = try await fixture.mirror.first { $0.property("Connected", of: "org.bluez.Device1", at: path)?.boolean }
        await fixture.simulator.setPowered(false)
        _ = try await fixture.mirror.first { $0.properties(of: "org.bluez.Device1", at: path) == nil ? true : nil }
        #expect(await fixture.simulator.status.adapters["hci0"]?.isAdvertising == false)
        await fixture.simulator.setPowered(true)
        #expect(await fixture.simulator.status.adapters["hci0"]?.isAdvertising == true)
    }
}
