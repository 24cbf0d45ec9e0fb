import BlueZ

/// Shows a scan: in place on a terminal, as lines of JSON with every change, else as one list at its end.
actor ScanReport {
    enum Form {
        case screen, json, list
    }

    private let form: Form
    /// Whether devices without heart rate are shown too.
    private let showsAll: Bool
    private let terminal: any Terminal
    private var screen = ScanScreen()
    private var devices: [NearbyDevice] = []

    init(_ form: Form, showsAll: Bool, on terminal: any Terminal) {
        self.form = form
        self.showsAll = showsAll
        self.terminal = terminal
    }

    func show(_ nearby: [NearbyDevice]) async {
        let before = Set(devices)
        devices = nearby.filter { showsAll || $0.isHeartRateStrap }
        switch form {
        case .screen:
            if let frame = screen.frame(DeviceTable.lines(of: devices), rows: terminal.rows) {
                await terminal.write(frame)
            }
        case .json:
            for device in devices where !before.contains(device) {
                if let line = try? DeviceRecord(device: device).json() { await terminal.print(line) }
            }
        case .list: break
        }
    }

    /// The scan is over.
    func finish() async {
        guard form == .list else { return }
        for line in DeviceTable.lines(of: devices) { await terminal.print(line) }
    }
}
