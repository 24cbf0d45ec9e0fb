/// An advertisement that a program has registered.
public struct SimulatedAdvertisement: Sendable, Hashable {
    /// `peripheral` or `broadcast`.
    public var type: String
    /// The advertised services.
    public var serviceUUIDs: [String]
    /// The advertised name.
    public var localName: String?
    /// Whether it is discoverable, whatever the adapter is.
    public var isDiscoverable: Bool
    /// Whether it is being sent.
    public var isOnAir = true
}

/// A phone, watch or game that is connected to an adapter, and reads the GATT objects of a program.
public struct SimulatedReader: Sendable, Hashable {
    /// Whether it is subscribed to the Heart Rate Measurement.
    public var isSubscribed = false
    /// The values of the Heart Rate Measurement, as they came.
    public var values: [[UInt8]] = []
}
