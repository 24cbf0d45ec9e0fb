public import HeartRate

/// A strap of the simulator: what it is. What happens to it is told to the ``Simulator``.
public struct SimulatedStrap: Sendable, Hashable {
    /// Names the strap to the simulator as well.
    public var address: String
    /// `public` or `random`.
    public var addressType = "random"
    /// Nil for a strap that does not tell its name.
    public var name: String?
    /// The service UUIDs in its advertisements; not every strap tells that it offers the Heart Rate Service.
    public var advertisedUUIDs = [BluetoothUUID.heartRate]
    /// By company, as in advertisements.
    public var manufacturerData: [UInt16: [UInt8]] = [:]
    /// Whether it tells its measurements to everybody while it is not connected, as Polar straps do under 0x006B.
    public var broadcasts = false
    /// Signal strength, dBm.
    public var rssi: Int16 = -60
    /// The same at single adapters, by their names, where it is another one.
    public var rssiByAdapter: [String: Int16] = [:]
    /// The names of the adapters that are near enough to hear it; nil for all.
    public var hearingAdapters: Set<String>?
    /// Whether adapters tell how strong its signal is: some controllers never do.
    public var tellsSignalStrength = true
    public var batteryPercentage: UInt8 = 80
    public var sensorLocation = BodySensorLocation.chest
    public var manufacturerName = "Strapline"
    public var modelNumber = "Simulated Strap"
    public var serialNumber = "000001"
    public var firmwareRevision = "1.0"
    /// Whether its Heart Rate Control Point takes the command to count energy from 0 again.
    public var resetsEnergy = true
    /// Whether it shows a second Heart Rate Measurement, with a higher handle, that can only be written.
    public var hasSecondMeasurement = false
    /// Whether notifications need pairing first.
    public var requiresPairing = false
    public var pairingMethod = PairingMethod.justWorks
    /// What its measurements are, one after the other.
    public var beats: BeatSource

    /// A strap that measures what a person with a plausible day would, the same each time for the same `seed`.
    public init(address: String, name: String? = nil, seed: UInt64 = 1) {
        self.address = address
        self.name = name
        beats = .script(HeartRateScript(seed: seed))
    }

    func isHeard(by adapter: String) -> Bool { hearingAdapters?.contains(adapter) ?? true }

    func signalStrength(at adapter: String) -> Int16 { rssiByAdapter[adapter] ?? rssi }
}

/// How a strap is paired: what it can show and be told, beside an agent with keyboard and display.
///
/// All but ``justWorks`` want proof that the right two are pairing (MITM protection): an agent without display and keys
/// cannot give it.
public enum PairingMethod: Sendable, Hashable {
    /// It neither shows nor takes anything; no proof.
    case justWorks
    /// It shows this number, or has it printed on its back: the person types it on the machine.
    case showsPasskey(UInt32)
    /// The person types on it what the machine shows.
    case takesPasskey(UInt32)
    /// It and the machine show the same number.
    case comparesPasskey(UInt32)
    /// As in Bluetooth 2.0.
    case pinCode(String)
}
