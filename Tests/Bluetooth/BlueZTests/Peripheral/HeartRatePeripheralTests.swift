import BlueZSimulator
import DBus
import HeartRate
import Logging
import TestKit
import Testing

@testable import BlueZ

/// A peripheral with the simulated bluetoothd and its readers.
@Suite(.timeLimit(.minutes(10)))
struct HeartRatePeripheralTests {
    private static let watch = "00:11:22:33:44:01"
    private static let phone = "00:11:22:33:44:02"
    private static let packet: [UInt8] = [0x16, 0x48, 0x55, 0x03]

    private let daemon: PrivateBus
    private let simulator: Simulator
    private let reports = Recorder<PeripheralFault?>()
    private let clock = ManualClock()
    /// The clock of the calls. It stands still, so that none times out on a busy machine.
    private let callClock = ManualClock()

    init() async throws {
        daemon = try PrivateBus()
        simulator = try await Simulator.start(on: daemon.address, clock: callClock)
    }

    private func peripheral() -> HeartRatePeripheral {
        HeartRatePeripheral(
            localName: "Strapline chest", clock: clock, logger: Logger(label: "test"),
            openBus: { [address = daemon.address, callClock] in
                try await Bus.connect(to: address, clock: callClock)
            },
            report: { [reports] in reports.append($0) })
    }

    private func serve(
        _ peripheral: HeartRatePeripheral, while body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await peripheral.run() }
            try await body()
            group.cancelAll()
        }
    }

    private func untilAdvertising(_ isAdvertising: Bool = true) async throws {
        try await simulator.until { $0.adapters["hci0"]?.isAdvertising == isAdvertising }
    }

    private func values(of reader: String) async -> [[UInt8]] {
        await simulator.status.adapters["hci0"]?.readers[reader]?.values ?? []
    }

    @Test func readers_getEachPacketByteForByte() async throws {
        let peripheral = peripheral()
        try await serve(peripheral) {
            await peripheral.show(Self.packet)
            try await untilAdvertising()
            let advertisement = try #require(await simulator.status.adapters["hci0"]?.advertisements.first)
            #expect(advertisement.type == "peripheral" && advertisement.isDiscoverable)
            #expect(advertisement.serviceUUIDs == [GATT.heartRateService])
            #expect(advertisement.localName == "Strapline chest")
            for reader in [Self.watch, Self.phone] {
                try await simulator.connectReader(reader)
                try await simulator.subscribeReader(reader)
            }
            let packets: [[UInt8]] = [Self.packet, [0x01, 0x2C, 0x01], Self.packet, Self.packet]
            for packet in packets { await peripheral.show(packet) }
            try await simulator.until { status in
                status.adapters["hci0"]?.readers.values.allSatisfy { $0.values.count == packets.count } ?? false
            }
            #expect(await values(of: Self.watch) == packets)
            #expect(await values(of: Self.phone) == packets)
        }
    }

    @Test func peripheral_withoutAHeartRate_isSilent_andNotAdvertised() async throws {
        let peripheral = peripheral()
        try await serve(peripheral) {
            try await simulator.until { $0.adapters["hci0"]?.applications == 1 }
            #expect(await simulator.status.adapters["hci0"]?.isAdvertising == false)
            await peripheral.show(Self.packet)
            try await untilAdvertising()
            await peripheral.showNothing()
            try await untilAdvertising(false)
            await peripheral.show(Self.packet)
            try await untilAdvertising()
            // A reader that comes now gets nothing before the next packet.
            try await simulator.connectReader(Self.watch)
            try await simulator.subscribeReader(Self.watch)
            #expect(await values(of: Self.watch).isEmpty)
        }
    }

    @Test func details_areRead_andUnknownOnesRefused() async throws {
        let peripheral = peripheral()
        try await serve(peripheral) {
            await peripheral.show(Self.packet)
            try await untilAdvertising()
            try await simulator.connectReader(Self.watch)
            #expect(try await simulator.readByReader(Self.watch, "2a38") == [1])
            #expect(try await simulator.readByReader(Self.watch, "2a29") == Array("Strapline".utf8))
            await #expect(throws: PeripheralObjects.unknownValue) {
                try await simulator.readByReader(Self.watch, "2a19")
            }
            var details = StrapDetails()
            details.batteryPercent = 81
            details.manufacturerName = "Polar Electro Oy"
            details.bodySensorLocation = .other
            await peripheral.show(details)
            #expect(try await simulator.readByReader(Self.watch, "2a19") == [81])
            #expect(try await simulator.readByReader(Self.watch, "2a29") == Array("Polar Electro Oy".utf8))
            #expect(try await simulator.readByReader(Self.watch, "2a38") == [0])
        }
    }

    @Test func advertisement_thatStopsAtTheFirstReader_isRegisteredAgain() async throws {
        var faults = AdapterFaults()
        faults.stopsAdvertisingAtReader = true
        await simulator.setFaults(faults)
        let peripheral = peripheral()
        try await serve(peripheral) {
            await peripheral.show(Self.packet)
            try await untilAdvertising()
            try await simulator.connectReader(Self.watch)
            #expect(await simulator.status.adapters["hci0"]?.isAdvertising == false)
            await clock.waitOut(.seconds(2))
            try await untilAdvertising()
            try await simulator.connectReader(Self.phone)
        }
    }

    @Test func bluetoothd_whenItRestarts_isServedAgain() async throws {
        let peripheral = peripheral()
        try await serve(peripheral) {
            await peripheral.show(Self.packet)
            try await untilAdvertising()
            await simulator.kill()
            await reports.until { $0.contains(.machine(.bluetoothdMissing)) }
            try await simulator.restart()
            await peripheral.show(Self.packet)
            try await untilAdvertising()
            try await simulator.connectReader(Self.watch)
            try await simulator.subscribeReader(Self.watch)
            await peripheral.show(Self.packet)
            try await simulator.until { $0.adapters["hci0"]?.readers[Self.watch]?.values == [Self.packet] }
            await reports.until { $0.last == .some(nil) }
        }
    }

    @Test func peripheral_afterACrash_registersBesideNothing() async throws {
        let first = peripheral()
        try await serve(first) {
            await first.show(Self.packet)
            try await untilAdvertising()
        }
        // Its connection has gone, and with it everything.
        try await simulator.until { $0.adapters["hci0"]?.applications == 0 }
        try await untilAdvertising(false)
        let second = peripheral()
        try await serve(second) {
            await second.show(Self.packet)
            try await untilAdvertising()
        }
        #expect(await simulator.status.adapters["hci0"]?.advertisementsRegistered == 2)
    }

    @Test func refusedAdvertisement_isReported_andTriedAgain() async throws {
        var faults = AdapterFaults()
        faults.registerAdvertisementError = BlueZError.advertisementFailed
        await simulator.setFaults(faults)
        let peripheral = peripheral()
        try await serve(peripheral) {
            await peripheral.show(Self.packet)
            await reports.until { $0.contains(.refused(BlueZError.advertisementFailed)) }
            await simulator.setFaults(AdapterFaults())
            await clock.untilSleeping()
            clock.advance(by: .seconds(1))
            try await untilAdvertising()
            await reports.until { $0.last == .some(nil) }
        }
    }

    @Test func run_withoutABus_saysSo() async throws {
        let peripheral = HeartRatePeripheral(
            localName: "x", logger: Logger(label: "test"),
            openBus: { try await Bus.connect(to: "unix:path=/nonexistent") }, report: { _ in })
        let fault = await #expect(throws: PeripheralFault.self) { try await peripheral.run() }
        guard case .machine(.busUnreachable) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }
}
