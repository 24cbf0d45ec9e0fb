import BlueZ

/// What the machine does to its own radio.
struct RadioCheck {
    /// 500 ms in units of 1.25 ms: the most that straps ask for (312.5 to 500 ms).
    static let wantedConnectionInterval = 400

    let machine: MachineFacts
    /// Whether an adapter works all the same: then a blocked one is the owner's wish, perhaps.
    let hasUsableAdapter: Bool

    var findings: [Finding] { rfkill + connectionIntervals + antenna }

    private var rfkill: [Finding] {
        let switches = machine.radioSwitches
        let blocked = switches.filter { $0.block != nil }
        if blocked.isEmpty {
            return switches.isEmpty ? [] : [Finding(.rfkill, .ok, "No switch blocks Bluetooth.")]
        }
        return blocked.map { radio in
            Finding(
                .rfkill, hasUsableAdapter ? .info : .problem,
                radio.block == .hard
                    ? "A switch of the machine, or its firmware, blocks Bluetooth (\(radio.name))."
                    : "Bluetooth is blocked by rfkill (\(radio.name)), as in flight mode.",
                remedy: radio.block == .hard
                    ? "turn it on with the machine's switch or key, or in its firmware settings"
                    : "sudo rfkill unblock bluetooth")
        }
    }

    /// The kernel's own default is far lower: that alone is nothing wrong, for most straps put up with it.
    private var connectionIntervals: [Finding] {
        machine.controllers.compactMap { controller in
            guard let limit = controller.maxConnectionInterval ?? machine.configuredMaxConnectionInterval else {
                return nil
            }
            let milliseconds = Self.milliseconds(limit)
            guard limit < Self.wantedConnectionInterval else {
                return Finding(
                    .connectionInterval, .ok, "Straps may ask \(controller.name) for up to \(milliseconds) ms.")
            }
            return Finding(
                .connectionInterval, .info,
                "\(controller.name) grants a connection interval of \(milliseconds) ms at most; some straps, such "
                    + "as a Polar H7, ask for 312.5 to 500 ms and leave 25 to 35 s after they were refused.",
                remedy: "only if a strap drops so: set MaxConnectionInterval=\(Self.wantedConnectionInterval) and "
                    + "ConnectionSupervisionTimeout=600 under [LE] in /etc/bluetooth/main.conf, then "
                    + "sudo systemctl restart bluetooth")
        }
    }

    /// `500`, or `312.5`
    private static func milliseconds(_ interval: Int) -> String {
        let milliseconds = Double(interval) * 1.25
        return milliseconds == milliseconds.rounded() ? "\(Int(milliseconds))" : "\(milliseconds)"
    }

    private var antenna: [Finding] {
        guard let model = machine.boardModel, model.hasPrefix("Raspberry Pi"),
            machine.controllers.contains(where: \.isOnSerialLine), let interface = machine.wirelessInterfaces.first
        else { return [] }
        return [
            Finding(
                .antenna, .info,
                "On this \(model) the Wi-Fi (\(interface)) and the built-in Bluetooth share an antenna.",
                remedy:
                    "should readings come in bursts or links be lost: use a network cable, Wi-Fi at 5 GHz, or a USB "
                    + "Bluetooth adapter")
        ]
    }
}
