import ArgumentParser
import BlueZ
import Console
import Setup

struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "List the heart rate straps nearby.",
        discussion: """
            On a terminal it refreshes the list in place until Ctrl-C. Otherwise it prints the list once, after 10 \
            s. It does not disturb other programs that use the adapter or the straps.

            HEART RATE is `yes` for a strap that sends it over a connection. With `broadcast` it also works without \
            one: set `mode: broadcast` in the configuration.

            STATE is "not heard" for a strap that bluetoothd only remembers. It is "address changes" for a private \
            address, which changes every 15 minutes or at each start. Configure such a device by `device_name`, not \
            by `address`.

            The strongest signal is first: hold a strap to the adapter to see which one it is. CONFIGURED AS shows \
            its name in the configuration.

            All adapters that are on scan, unless --adapter names one.
            """)

    @Flag(help: "Print one JSON object per line, for each device and each change.") var json = false
    @Flag(help: "Also show devices without a heart rate.") var all = false
    @Option(help: ArgumentHelp("How long to scan.", valueName: "seconds")) var seconds: Double?
    @OptionGroup var file: ConfigurationOption
    @OptionGroup var options: BluetoothOptions

    func validate() throws {
        if let seconds, !(seconds > 0 && seconds <= 86_400) {
            throw ValidationError("--seconds must be above 0, and at most a day.")
        }
    }

    func run() async throws {
        let isOnTerminal = StandardStream.output.obeysControls
        let limit = seconds ?? (isOnTerminal ? nil : 10)
        let form: ScanReport.Form = json ? .json : isOnTerminal ? .screen : .list
        let report = ScanReport(
            form, showsAll: all, names: ConfiguredNames(configuration: file.quietPath()), on: StandardTerminal())
        let interruption = await Interruption()
        try await options.bluetooth.scan(until: { await interruption.wait(atMost: limit.map { .seconds($0) }) }) {
            await report.show($0)
        }
        await report.finish()
    }
}
