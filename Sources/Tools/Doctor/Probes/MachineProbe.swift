import BlueZ

/// Reads the ``MachineFacts``. An ordinary user may read all of it but the kernel's limit of the connection interval.
package struct MachineProbe: Sendable {
    var files = SystemFiles()
    var clock: any Clock<Duration> = ContinuousClock()
    /// Whether the controller of this name speaks Bluetooth Low Energy, as far as it is known.
    var offersLowEnergy: @Sendable (_ controller: String) -> Bool? = {
        ControllerFeatures(ofAdapter: $0)?.offersLowEnergy
    }

    func facts() async -> MachineFacts {
        MachineFacts(
            bluetoothd: await BluetoothdProgram.find(in: files, clock: clock),
            controllers: controllers, radioSwitches: RadioSwitch.all(in: files.path("/sys/class/rfkill")),
            configuredMaxConnectionInterval: files.text("/etc/bluetooth/main.conf").flatMap {
                BluetoothdConfiguration($0).maxConnectionInterval
            },
            boardModel: files.text("/sys/firmware/devicetree/base/model"), wirelessInterfaces: wirelessInterfaces)
    }

    private var controllers: [MachineFacts.Controller] {
        let folder = "/sys/class/bluetooth"
        // A link has a node there too, as `hci0:64`.
        return files.names(in: folder).filter { $0.hasPrefix("hci") && !$0.contains(":") }.map { name in
            let device = files.link("\(folder)/\(name)") ?? ""
            return MachineFacts.Controller(
                name: name, offersLowEnergy: offersLowEnergy(name),
                isOnSerialLine: device.contains("/serial") || device.contains("/tty"),
                maxConnectionInterval: files.text("/sys/kernel/debug/bluetooth/\(name)/conn_max_interval")
                    .flatMap { Int($0) })
        }
    }

    private var wirelessInterfaces: [String] {
        let folder = "/sys/class/net"
        return files.names(in: folder).filter { name in
            files.exists("\(folder)/\(name)/phy80211") && files.text("\(folder)/\(name)/operstate") == "up"
        }
    }
}

/// Facts about the machine from the kernel and the system, without bluetoothd.
struct MachineFacts: Sendable, Equatable {
    /// A Bluetooth controller that the kernel serves.
    struct Controller: Sendable, Equatable {
        /// `hci0`
        var name: String
        /// nil while it is not known.
        var offersLowEnergy: Bool?
        /// Whether it is on a serial line of the board, as built-in ones of small boards are; else on USB, mostly.
        var isOnSerialLine = false
        /// The longest connection interval that the kernel grants a strap, in 1.25 ms; nil when this user may not know.
        var maxConnectionInterval: Int?
    }

    var bluetoothd: BluetoothdProgram
    var controllers: [Controller] = []
    var radioSwitches: [RadioSwitch] = []
    /// `MaxConnectionInterval` of bluetoothd's configuration, in 1.25 ms.
    var configuredMaxConnectionInterval: Int?
    /// The board: `Raspberry Pi 4 Model B Rev 1.4`; nil on a PC.
    var boardModel: String?
    /// The interfaces of wireless networks that are up.
    var wirelessInterfaces: [String] = []

    func controller(_ name: String) -> Controller? { controllers.first { $0.name == name } }
}
