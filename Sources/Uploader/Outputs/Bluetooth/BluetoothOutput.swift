import BlueZ
import DBus
import HeartRate
import Outbox

/// Serves one strap's own packets as a Bluetooth sensor.
struct BluetoothOutput: Output {
    let settings: BluetoothOutputSettings
    /// The strap of the configuration; nil for the only one.
    let strap: String?
    let context: OutputContext
    let openBus: @Sendable () async throws -> Bus

    func run(_ feed: OutputFeed) async throws {
        // The name of the only strap is known with the first update.
        guard let first = await feed.next() else { return }
        let name = strap ?? first.straps.first?.name ?? ""
        let health = Health(feed)
        let peripheral = HeartRatePeripheral(
            localName: settings.name(for: name), adapter: settings.adapter, clock: context.clock,
            logger: context.logger, openBus: openBus, report: { await health.note($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await peripheral.run() }
            group.addTask {
                var update: OutputUpdate? = first
                while let present = update {
                    await show(present, on: peripheral)
                    await health.sent()
                    update = await feed.next()
                }
            }
            // bluetoothd removes the sensor when the connection ends.
            try await group.next()
        }
    }

    private func show(_ update: OutputUpdate, on peripheral: HeartRatePeripheral) async {
        guard let strap = update.straps.first(where: { self.strap == nil || $0.name == self.strap }) else {
            return await peripheral.showNothing()
        }
        await peripheral.show(strap.details)
        guard strap.reading != nil else { return await peripheral.showNothing() }
        for reading in strap.readings { await peripheral.show(reading.measurement.encodedAsReceived()) }
    }
}

/// What the output reports: nothing is sent while the peripheral does not work.
private actor Health {
    private let feed: OutputFeed
    private var fault: PeripheralFault?

    init(_ feed: OutputFeed) {
        self.feed = feed
    }

    func note(_ fault: PeripheralFault?) {
        self.fault = fault
        if let fault { feed.failed(fault.description) } else { feed.sent() }
    }

    func sent() {
        if fault == nil { feed.sent() }
    }
}
