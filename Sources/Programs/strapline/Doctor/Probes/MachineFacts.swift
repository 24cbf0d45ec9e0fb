import BlueZ

/// What the kernel and the system tell of the machine, without asking bluetoothd.
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
