import BlueZ

/// Reads the ``MachineFacts``. An ordinary user may read all of it but the kernel's limit of the connection interval.
struct MachineProbe: Sendable {
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
