/// The names of BlueZ's D-Bus interfaces.
enum BlueZName {
    static let service = "org.bluez"
    static let adapter = "org.bluez.Adapter1"
    static let agentManager = "org.bluez.AgentManager1"
    static let agent = "org.bluez.Agent1"
    static let advertisement = "org.bluez.LEAdvertisement1"
    static let advertisingManager = "org.bluez.LEAdvertisingManager1"
    static let battery = "org.bluez.Battery1"
    static let characteristic = "org.bluez.GattCharacteristic1"
    static let device = "org.bluez.Device1"
    static let gattManager = "org.bluez.GattManager1"
    static let gattService = "org.bluez.GattService1"
}

/// The assigned UUIDs of a strap's services and characteristics, in the long form of BlueZ.
enum BluetoothUUID {
    static let heartRate = "0000180d-0000-1000-8000-00805f9b34fb"
    static let heartRateMeasurement = "00002a37-0000-1000-8000-00805f9b34fb"
    static let bodySensorLocation = "00002a38-0000-1000-8000-00805f9b34fb"
    static let heartRateControlPoint = "00002a39-0000-1000-8000-00805f9b34fb"
    static let battery = "0000180f-0000-1000-8000-00805f9b34fb"
    static let deviceInformation = "0000180a-0000-1000-8000-00805f9b34fb"
    static let modelNumber = "00002a24-0000-1000-8000-00805f9b34fb"
    static let serialNumber = "00002a25-0000-1000-8000-00805f9b34fb"
    static let firmwareRevision = "00002a26-0000-1000-8000-00805f9b34fb"
    static let manufacturerName = "00002a29-0000-1000-8000-00805f9b34fb"
}
