package import BlueZ
package import Console

/// Shows a scan: in place on a terminal, as lines of JSON with every change, else as one list at its end.
package actor ScanReport {
    package enum Form {
        case screen, json, list
    }

    private let form: Form
    /// Whether devices without heart rate are shown too.
    private let showsAll: Bool
    private let names: ConfiguredNames
    private let terminal: any Terminal
    private var screen = ScanScreen()
    private var devices: [NearbyDevice] = []

    package init(
        _ form: Form, showsAll: Bool, names: ConfiguredNames = .none, on terminal: any Terminal
    ) {
        self.names = names
        self.form = form
        self.showsAll = showsAll
        self.terminal = terminal
    }

    package func show(_ nearby: [NearbyDevice]) async {
        let before = Set(devices)
        devices = nearby.filter { showsAll || $0.isHeartRateStrap }.byStrength
        switch form {
        case .screen:
            if let frame = screen.frame(DeviceTable.lines(of: devices, names: names), rows: terminal.rows) {
                await terminal.write(frame)
            }
        case .json:
            for device in devices where !before.contains(device) {
                if let line = try? DeviceRecord(device: device).jsonLine() { await terminal.print(line) }
            }
        case .list: break
        }
    }

    /// The scan is over.
    package func finish() async {
        guard form == .list else { return }
        for line in DeviceTable.lines(of: devices, names: names) { await terminal.print(line) }
    }
}

/// A list on a terminal that is redrawn in its place. It returns the text to write.
package struct ScanScreen {
    private var shown: [String] = []

    package init() {}

    /// Nil if the terminal shows it already. At most `rows` lines: the cursor cannot go back above the top.
    package mutating func frame(_ all: [String], rows: Int? = nil) -> String? {
        let lines = Self.fitting(all, rows: rows)
        guard lines != shown else { return nil }
        let cursorUp = shown.isEmpty ? "" : "\u{1B}[\(shown.count)A"
        let clearBelow = "\u{1B}[J"
        // Lines that are too long are cut off: were they wrapped, the cursor would not come back to the top.
        let (wrapOff, wrapOn) = ("\u{1B}[?7l", "\u{1B}[?7h")
        shown = lines
        return cursorUp + clearBelow + wrapOff + lines.map { $0 + "\n" }.joined() + wrapOn
    }

    /// The last row is the cursor's.
    private static func fitting(_ lines: [String], rows: Int?) -> [String] {
        guard let rows, rows >= 3, lines.count > rows - 1 else { return lines }
        return lines.prefix(rows - 2) + ["… and \(lines.count - (rows - 2)) more"]
    }
}
