import BlueZ
import DBus
import Destinations

/// `kind: bluetooth`: a Heart Rate sensor for watches, bike computers, televisions and games.
struct BluetoothOutputKind: OutputKind {
    let name = "bluetooth"
    let title = "Bluetooth sensor"
    let options = BluetoothOutputSettings.options

    func summary(of settings: OutputSettings) -> String {
        guard let own = try? BluetoothOutputSettings(settings.options) else { return "a Bluetooth sensor" }
        let name = own.localName ?? settings.strap.map(own.name(for:))
        return "a Bluetooth sensor" + (name.map { " named \($0)" } ?? "")
            + (own.adapter.map { " on the adapter \($0)" } ?? "")
    }

    /// A sensor has one heart rate, and readers show the first one that they find.
    func furtherMistake(in values: OptionValues, showsSeveral: Bool) -> OptionMistake? {
        if showsSeveral {
            return OptionMistake(key: nil, message: "a Bluetooth sensor is one strap: name it with `strap`")
        }
        do throws(OptionMistake) {
            _ = try BluetoothOutputSettings(values)
            return nil
        } catch {
            return error
        }
    }

    /// Readers of an adapter show the first sensor that they find there.
    func places(of values: OptionValues, straps: [String]) -> [String] {
        let adapter = (try? BluetoothOutputSettings(values))?.adapter
        return [adapter.map { "the sensor of the adapter \($0)" } ?? "the sensor of the first adapter"]
    }

    func output(_ settings: OutputSettings, _ context: OutputContext) throws -> any Output {
        BluetoothOutput(
            settings: try BluetoothOutputSettings(settings.options), strap: settings.strap, context: context,
            openBus: { [clock = context.clock, thread = context.thread] in
                try await Bus.system(clock: clock, thread: thread)
            })
    }

    func probe(_ settings: OutputSettings, _ context: OutputContext) async -> OutputProbeAnswer {
        let adapter = (try? BluetoothOutputSettings(settings.options))?.adapter
        do throws(PeripheralFault) {
            let check = try await PeripheralCheck.run(
                adapter: adapter, clock: context.clock,
                openBus: { [clock = context.clock, thread = context.thread] in
                    try await Bus.system(clock: clock, thread: thread)
                })
            if check.freeAdvertisements == 0 {
                return .uncertain(
                    "the adapter \(check.address) has no room for another advertisement",
                    remedy: "unless this uploader uses it: sudo systemctl restart bluetooth")
            }
            if check.isOnlyAdapter {
                return .uncertain(
                    "the adapter \(check.address) can advertise, and listens to the straps too",
                    remedy: "if links break, plug in a second USB adapter and name it with `adapter`")
            }
            return .works("the adapter \(check.address) can advertise")
        } catch {
            return .broken(error.description, remedy: nil)
        }
    }
}
