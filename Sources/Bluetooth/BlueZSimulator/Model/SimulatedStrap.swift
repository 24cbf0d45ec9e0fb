public import HeartRate

/// A strap of the simulator. Its events are methods of the ``Simulator``.
public struct SimulatedStrap: Sendable, Hashable {
    /// The address, which also identifies the strap in calls of the simulator.
    public var address: String
    /// The type of the address, `public` or `random`.
    public var addressType = "random"
    /// The name. Nil for a strap without one.
    public var name: String?
    /// The service UUIDs in its advertisements. Some straps do not advertise the Heart Rate Service.
    public var advertisedUUIDs = [BluetoothUUID.heartRate]
    /// The manufacturer data in its advertisements, by company.
    public var manufacturerData: [UInt16: [UInt8]] = [:]
    /// Whether it broadcasts its measurements without a connection, as Polar straps do under 0x006B.
    public var broadcasts = false
    /// The signal strength in dBm.
    public var rssi: Int16 = -60
    /// Other signal strengths at single adapters, by name.
    public var rssiByAdapter: [String: Int16] = [:]
    /// The names of the adapters in range. Nil for all.
    public var hearingAdapters: Set<String>?
    /// Whether adapters report its signal strength. Some controllers never do.
    public var tellsSignalStrength = true
    /// The charge of the battery.
    public var batteryPercentage: UInt8 = 80
    /// The position of the sensor on the body.
    public var sensorLocation = BodySensorLocation.chest
    /// The manufacturer.
    public var manufacturerName = "Example"
    /// The model.
    public var modelNumber = "Simulated Strap"
    /// The serial number.
    public var serialNumber = "000001"
    /// The version of the firmware.
    public var firmwareRevision = "1.0"
    /// Whether its Heart Rate Control Point can reset the energy expended.
    public var resetsEnergy = true
    /// Whether it has a second Heart Rate Measurement with a higher handle, which can only be written.
    public var hasSecondMeasurement = false
    /// Whether notifications require pairing.
    public var requiresPairing = false
    /// The pairing method.
    public var pairingMethod = PairingMethod.justWorks
    /// The source of its measurements.
    public var beats: BeatSource

    /// Makes a strap with a ``HeartRateScript``. Equal seeds give equal measurements.
    public init(address: String, name: String? = nil, seed: UInt64 = 1) {
        self.address = address
        self.name = name
        beats = .script(HeartRateScript(seed: seed))
    }

    func isHeard(by adapter: String) -> Bool { hearingAdapters?.contains(adapter) ?? true }

    func signalStrength(at adapter: String) -> Int16 { rssiByAdapter[adapter] ?? rssi }
}

/// The pairing method of a strap with an agent that has a keyboard and a display.
///
/// All methods but ``justWorks`` require MITM protection, which an agent without display and keys cannot give.
public enum PairingMethod: Sendable, Hashable {
    /// No code is shown or typed.
    case justWorks
    /// The strap shows this number, and the user types it on the machine.
    case showsPasskey(UInt32)
    /// The machine shows this number, and the user types it on the strap.
    case takesPasskey(UInt32)
    /// Both show this number, and the user compares.
    case comparesPasskey(UInt32)
    /// A PIN code as in Bluetooth 2.0.
    case pinCode(String)
}
