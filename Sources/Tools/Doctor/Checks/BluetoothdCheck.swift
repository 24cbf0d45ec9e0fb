import BlueZ

/// The way to bluetoothd: the bus, the permission, the daemon and its version.
enum BluetoothdCheck {
    static func findings(
        _ survey: Result<BluetoothSurvey, BluetoothSurveyError>, _ program: BluetoothdProgram
    ) -> [Finding] {
        switch survey {
        case .success:
            [
                Finding(.bus, .ok, "The system bus answers, and lets this user talk to bluetoothd."),
                Finding(.bluetoothd, .ok, "bluetoothd is running."),
            ] + version(program)
        case .failure(let error): [finding(error, program)] + (program == .notFound ? [] : version(program))
        }
    }

    private static func finding(_ error: BluetoothSurveyError, _ program: BluetoothdProgram) -> Finding {
        switch error {
        case .busUnreachable(let why):
            Finding(
                .bus, .problem, "The system bus cannot be reached (\(why)).",
                remedy: "sudo apt install dbus && sudo systemctl start dbus; where DBUS_SYSTEM_BUS_ADDRESS is set, see "
                    + "that it is right")
        case .accessDenied(let why):
            Finding(
                .bus, .problem, "This user may not talk to bluetoothd (\(why)).",
                remedy: "sudo usermod -aG bluetooth $USER, then log out and in again")
        case .bluetoothdMissing where program == .notFound:
            Finding(
                .bluetoothd, .problem, "bluetoothd is not running, and not installed at the usual places.",
                remedy: "sudo apt install bluez")
        case .bluetoothdMissing:
            Finding(
                .bluetoothd, .problem, "bluetoothd is not running.",
                remedy: "sudo systemctl enable --now bluetooth; if it ends again: journalctl -u bluetooth")
        case .bluetoothdFailed(let why):
            Finding(
                .bluetoothd, .problem, "bluetoothd does not answer as it should (\(why)).",
                remedy: "sudo systemctl restart bluetooth; journalctl -u bluetooth shows more")
        }
    }

    private static func version(_ program: BluetoothdProgram) -> [Finding] {
        switch program {
        case .notFound:
            [Finding(.bluezVersion, .info, "The version of BlueZ is unknown: bluetoothd is at no usual place.")]
        case .silent:
            [Finding(.bluezVersion, .info, "The version of BlueZ is unknown: bluetoothd --version did not report it.")]
        case .installed(let version) where version < .oldest:
            [
                Finding(
                    .bluezVersion, .problem,
                    "BlueZ \(version) is too old: straps need \(BlueZVersion.oldest) or newer.",
                    remedy: "upgrade the system: Debian 12 has BlueZ \(BlueZVersion.tested)")
            ]
        case .installed(let version) where version < .tested:
            [
                Finding(
                    .bluezVersion, .warning,
                    "BlueZ \(version) may do; strapline is tested with \(BlueZVersion.tested) and newer.",
                    remedy:
                        "should straps be lost often, upgrade the system: Debian 12 has BlueZ \(BlueZVersion.tested)")
            ]
        case .installed(let version): [Finding(.bluezVersion, .ok, "BlueZ is \(version).")]
        }
    }
}
