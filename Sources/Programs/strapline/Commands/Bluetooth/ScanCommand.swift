import ArgumentParser
import BlueZ
import Console
import Glibc
import Setup

struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "List the heart rate straps nearby.",
        discussion: """
            On a terminal the list is kept up to date in its place, until Ctrl-C; else it is printed once, after 10 s. \
            What others do with the adapter and the straps is not disturbed.

            HEART RATE says how a strap can be had: `0x180D` over a connection, `broadcast` also without one, with \
            `mode: broadcast` in the configuration.

            STATE says "not heard" of a strap that bluetoothd remembers from another time. It says "address changes" where \
            the device has a private address, which it gives up every 15 minutes or at each start. Name such a device by \
            `device_name` in the configuration, not by `address`.

            All adapters that are on scan, unless --adapter names one.
            """)

    @Flag(help: "Print a JSON object a line, for each device and each change to it.") var json = false
    @Flag(help: "Also show devices that offer no heart rate.") var all = false
    @Option(help: ArgumentHelp("How long to scan.", valueName: "seconds")) var seconds: Double?
    @OptionGroup var options: BluetoothOptions

    func validate() throws {
        if let seconds, !(seconds > 0 && seconds <= 86_400) {
            throw ValidationError("--seconds must be above 0, and at most a day.")
        }
    }

    func run() async throws {
        let isOnTerminal = isatty(STDOUT_FILENO) == 1
        let limit = seconds ?? (isOnTerminal ? nil : 10)
        let form: ScanReport.Form = json ? .json : isOnTerminal ? .screen : .list
        let report = ScanReport(form, showsAll: all, on: StandardTerminal())
        let interruption = await Interruption()
        try await options.bluetooth.scan(until: { await interruption.wait(atMost: limit.map { .seconds($0) }) }) {
            await report.show($0)
        }
        await report.finish()
    }
}
