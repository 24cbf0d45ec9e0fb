/// An advertisement that a program has registered.
package struct SimulatedAdvertisement: Sendable, Hashable {
    /// `peripheral` or `broadcast`.
    package var type: String
    /// The advertised services.
    package var serviceUUIDs: [String]
    /// The advertised name.
    package var localName: String?
    /// Whether it is discoverable, whatever the adapter is.
    package var isDiscoverable: Bool
    /// Whether it is being sent.
    package var isOnAir = true
}

/// A phone, watch or game that is connected to an adapter, and reads the GATT objects of a program.
package struct SimulatedReader: Sendable, Hashable {
    /// Whether it is subscribed to the Heart Rate Measurement.
    package var isSubscribed = false
    /// The values of the Heart Rate Measurement, as they came.
    package var values: [[UInt8]] = []
}
